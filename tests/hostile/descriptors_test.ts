/**
 * Connecting without a descriptor left fails, and works again when there is
 * one. (Accepting without one is in `tests/server/descriptor_limit_test.ts`.)
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import {
  descriptorsOf,
  noDescriptors,
  openSockets,
} from "../helpers/descriptors.ts";
import { guessesErrors } from "../helpers/runtime.ts";
import { runFixture } from "../helpers/spawn.ts";
import { errno } from "../helpers/system_errors.ts";
import {
  forEachTransport,
  testOver,
  transports,
} from "../helpers/transports.ts";

/** Descriptors that the client may have; the runtime itself needs some. */
const LIMIT = 128;

const noLimit = process.platform === "win32" && "no limit can be set";

for (const transport of transports) {
  testOver(
    transport,
    "connect(): without a descriptor left fails, with EMFILE where that is known",
    async (bed) => {
      const code = guessesErrors ? "ECONNREFUSED" : "EMFILE";
      const server = await bed.listen({}, (peer) => {
        peer.on("error", () => {}).resume();
      });
      const { stdout, stderr } = await runFixture("hostile/connect_at_limit", {
        args: [
          JSON.stringify(transport.connectOptions(server)),
          String(LIMIT + 20),
        ],
        descriptors: LIMIT,
      });
      assert.equal(stderr, "");
      const { connected, errors, ...rest } = JSON.parse(stdout);
      assert.deepEqual(rest, {
        fields: {
          code,
          syscall: "connect",
          errno: errno(code),
        },
        listening: guessesErrors ? "EINVAL" : "EMFILE",
        isOpen: true,
      });
      assert.deepEqual(errors, { [code]: LIMIT + 20 - connected });
      const most = LIMIT / descriptorsOf(transport);
      assert.ok(connected > most / 2, `${connected} connections`);
    },
    noLimit,
  );
}

forEachTransport(
  "a connection takes one descriptor of each end",
  async (bed) => {
    if (noDescriptors) return;
    await bed.pair();
    const before = openSockets();
    // Each pair brings a server.
    for (let i = 0; i < 10; i++) await bed.pair();
    const expected = 1 + 2 * descriptorsOf(bed.transport);
    assert.equal(openSockets(), before + 10 * expected);
  },
);
