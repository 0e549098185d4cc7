import assert from "node:assert/strict";
import * as net from "../../mod.ts";
import { type Bed, event } from "../helpers/net_helpers.ts";
import {
  type FixtureOptions,
  runFixture,
  startFixture,
} from "../helpers/spawn.ts";
import { needsAllForPaths } from "../helpers/runtime.ts";
import { uniquePath } from "../helpers/temp_folder.ts";
import { portOf, testOver, transports } from "../helpers/transports.ts";

/**
 * How long to wait for a child that must not exit, before it is sent something.
 */
const GRACE_MS = 300;

/** Time limit for a child that must exit. */
const LIMIT_MS = 15_000;

const forPaths = needsAllForPaths
  ? ["--allow-all"]
  : ["--allow-net", "--allow-read", "--allow-write"];

function fixture(scenario: string, where: string[]): FixtureOptions {
  return {
    args: [scenario, ...where],
    permissions: where.length > 1 ? ["--allow-net"] : forPaths,
    timeout: LIMIT_MS,
  };
}

/** Runs the fixture's client against a server that writes to it. */
async function runClient(
  bed: Bed,
  scenario: string,
  writes: boolean,
): Promise<string[]> {
  const server = await bed.listen({}, (peer) => {
    peer.on("error", () => {});
    peer.resume();
    if (writes) setTimeout(() => peer.write("data"), GRACE_MS);
  });
  const where = bed.transport.ipc
    ? [server.address() as string]
    : [String(portOf(server)), "127.0.0.1"];
  const result = await runFixture("socket_ref", fixture(scenario, where));
  assert.equal(result.stderr, "");
  assert.equal(result.timedOut, false, "the process stayed alive");
  assert.equal(result.code, 0);
  return result.stdout.split("\n").filter(Boolean);
}

const STAY = [
  "plain",
  "unref, ref",
  "unref twice, ref",
  "unref, ref before connect",
  "unref, later ref",
];

const EXIT = [
  "unref",
  "ref twice, unref",
  "unref before connect",
  "unref while connecting",
];

// One family is enough: the event loop does not tell them apart.
for (const transport of transports.filter(({ name }) => name !== "tcp6")) {
  for (const scenario of STAY) {
    testOver(
      transport,
      `Socket.ref(): ${scenario}: the process stays`,
      async (bed) => {
        assert.deepEqual(await runClient(bed, scenario, true), ["data"]);
      },
    );
  }

  for (const scenario of EXIT) {
    testOver(
      transport,
      `Socket.unref(): ${scenario}: the process exits`,
      async (bed) => {
        const lines = await runClient(bed, scenario, false);
        // An unref before the connection is established takes effect when it
        // is, or ends the process earlier. The process must not stay alive in
        // either case.
        assert.ok(!lines.includes("data"));
      },
    );
  }

  for (const scenario of ["accepted", "accepted, unref"]) {
    testOver(
      transport,
      `Socket.unref(): ${scenario}: a connection of a server`,
      (bed) => runServer(bed, scenario),
    );
  }
}

/** The same for a socket that the server in the child accepted. */
async function runServer(bed: Bed, scenario: string): Promise<void> {
  const { transport } = bed;
  const where = transport.ipc ? [uniquePath()] : ["0", "127.0.0.1"];
  const child = startFixture("socket_ref", fixture(scenario, where));
  const ended = event(child, "close");
  const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  try {
    const [address] = await event(child.stdout!, "data") as [string];
    const client = bed.track(
      transport.ipc
        ? net.connect(address.trim())
        : net.connect(Number(address), "127.0.0.1"),
    );
    client.on("error", () => {});
    await event(client, "connect");
    const lines: string[] = [];
    child.stdout!.on("data", (text: string) => lines.push(text.trim()));
    if (scenario === "accepted") {
      setTimeout(() => client.write("data"), GRACE_MS);
    }
    const [code, signal] = await ended;
    assert.deepEqual([code, signal], [0, null]);
    assert.deepEqual(lines, scenario === "accepted" ? ["data"] : []);
  } finally {
    clearTimeout(limit);
  }
}

for (const scenario of ["never connected", "timeout"]) {
  testOver(
    transports[0]!,
    `Socket.ref(): ${scenario}: the process exits`,
    async (bed) => {
      assert.deepEqual(await runClient(bed, scenario, false), []);
    },
  );
}
