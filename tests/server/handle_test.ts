/**
 * Listening on handles of the runtime's own `net`, which are bound already.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import net from "../../mod.ts";
import { event } from "../helpers/net_helpers.ts";
import { noSecondTransport, portOf, tcpTest } from "../helpers/transports.ts";

/** A bound handle, or why the runtime has none. */
function boundHandle(): object | string {
  // To listen on one takes the second transport.
  if (noSecondTransport) return "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM";
  try {
    const handle = net._createServerHandle("127.0.0.1", 0, 4);
    return handle as object;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

for (const form of ["handle", "{ handle }", "{ _handle }"]) {
  tcpTest(`Server.listen(${form}): accepts on what is bound`, async (bed) => {
    const handle = boundHandle();
    if (typeof handle === "string") {
      assert.equal(handle, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM");
      return;
    }
    const server = bed.createServer({}, (peer) => peer.end("hello"));
    if (form === "handle") server.listen(handle);
    else if (form === "{ handle }") server.listen({ handle });
    else server.listen({ _handle: handle });
    await event(server, "listening");
    const client = bed.track(net.connect(portOf(server), "127.0.0.1"));
    const [data] = await event(client, "data");
    assert.equal(String(data), "hello");
  });
}

test("_createServerHandle(): a negative number if it cannot be bound", {
  skip: noSecondTransport,
}, () => {
  const handle = boundHandle();
  if (typeof handle === "string") return;
  (handle as { close(): void }).close();
  const error = net._createServerHandle("192.0.2.1", 0, 4);
  assert.ok(typeof error === "number" && error < 0, String(error));
});
