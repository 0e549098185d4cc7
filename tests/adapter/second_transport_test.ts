/** A socket whose connection is one of the runtime's own `net`. */
import assert from "node:assert/strict";
import { nodeAdapter } from "../../runtime/select.ts";
import { event, received } from "../helpers/net_helpers.ts";
import { forEachTransport } from "../helpers/transports.ts";

for (const resumesAfter of [null, 0, 20]) {
  const when = resumesAfter === null ? "at once" : `${resumesAfter} ms later`;
  forEachTransport(
    `Socket over node:net: reads what comes with the connect, ${when}`,
    async (bed) => {
      const server = await bed.listen();
      server.on("connection", (peer) => peer.end("early"));
      const client = bed.connect(server, { adapter: nodeAdapter });
      if (resumesAfter !== null) {
        client.pause();
        await event(client, "connect");
        setTimeout(() => client.resume(), resumesAfter);
      }
      assert.equal(String(await received(client)), "early");
    },
  );
}
