/** What still works on a socket of ours when TLS has taken it over. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { event, turn } from "../../helpers/net_helpers.ts";
import { servesNoSockets } from "../../helpers/runtime.ts";
import { runFixture } from "../../helpers/spawn.ts";
import {
  noDelayOf,
  noOptions,
  noTable,
  secondsToProbe,
} from "../../helpers/tcp_table.ts";
import { skipPathOfNet } from "../../helpers/transports.ts";
import { unless } from "../../helpers/unless.ts";
import { securePair } from "../secure.ts";
import { countsBelow } from "../tls_facts.ts";

const { forEachTransport, tcpTest } = unless(servesNoSockets);

/** Milliseconds of silence until a socket is idle. */
const IDLE = 100;

for (const end of ["rawClient", "rawPeer"] as const) {
  forEachTransport(
    `Socket.setTimeout(): what passes by TLS restarts it below (${end})`,
    async (bed) => {
      const pair = await securePair(bed);
      const { client, peer } = pair;
      const raw = pair[end];
      const start = performance.now();
      let last = start;
      let timeouts = 0;
      const note = () => void (last = performance.now());
      client.on("data", note);
      peer.on("data", (chunk: Buffer) => {
        note();
        peer.write(chunk);
      });
      raw.setTimeout(IDLE, () => {
        timeouts++;
        // Whatever delays this test, there must have been a silence before.
        const silence = performance.now() - last;
        assert.ok(silence >= IDLE / 2, `idle after ${silence} ms of silence`);
      });
      let before = 0;
      while (performance.now() - start < 4 * IDLE) {
        before = timeouts;
        const answer = event(client, "data");
        client.write("question");
        await answer;
        await turn();
      }
      // On a busy machine, it may be idle by now.
      if (timeouts === before) await event(raw, "timeout");
      assert.equal(raw.destroyed, false);
    },
    skipPathOfNet,
  );
}

tcpTest(
  "Socket.setKeepAlive(): reaches the system below TLS",
  async (bed) => {
    const { rawClient, rawPeer } = await securePair(bed);
    for (const raw of [rawClient, rawPeer]) {
      assert.equal(secondsToProbe(raw), null);
      raw.setKeepAlive(true, 300_000);
      // While something waits for its ACK, the system shows another timer.
      let seconds: number | null = null;
      while (seconds === null) {
        await turn();
        seconds = secondsToProbe(raw);
      }
      assert.ok(seconds <= 300 && seconds > 270, `${seconds} s`);
    }
  },
  noTable,
);

tcpTest(
  "Socket.setNoDelay(): reaches the system below TLS",
  async (bed) => {
    const { rawClient, rawPeer } = await securePair(bed);
    for (const raw of [rawClient, rawPeer]) {
      for (const on of [true, false, true]) {
        raw.setNoDelay(on);
        assert.equal(noDelayOf(raw), on);
      }
    }
  },
  noOptions,
);

for (const holder of ["tls", "raw"]) {
  test(
    `tls.TLSSocket: unref() of the ${
      holder === "raw" ? "socket below" : "TLS socket"
    } lets the process end, and ref() holds it again`,
    {
      skip: servesNoSockets ||
        holder === "raw" && !countsBelow && "Bun before 1.4.3",
    },
    async () => {
      const { code, stdout, stderr, timedOut } = await runFixture(
        "neighbours/tls_ref",
        { args: [holder] },
      );
      assert.equal(timedOut, false, stdout);
      assert.equal(stdout.replaceAll("\r", ""), "first\nsecond\n", stderr);
      assert.equal(code, 0, stderr);
    },
  );
}
