/**
 * The context of an `AsyncLocalStorage` in the listeners of a connection.
 *
 * @module
 */
import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import * as net from "../../mod.ts";
import { type Bed, closed, event } from "../helpers/net_helpers.ts";
import { forEachTransport, noBinding, tcpTest } from "../helpers/transports.ts";

/** The contexts that listeners of an accepted socket ran in. */
async function contexts(
  bed: Bed,
  listen: (server: net.Server) => void,
): Promise<Record<string, string | undefined>> {
  const storage = new AsyncLocalStorage<string>();
  const seen: Record<string, string | undefined> = {};
  const note = (name: string) => seen[name] = storage.getStore();
  const server = bed.createServer({}, (peer) => {
    note("connection");
    peer.on("data", () => {
      note("data");
      storage.run("write", () => peer.write("answer", () => note("written")));
    });
    peer.on("end", () => note("end"));
    peer.on("close", () => note("close"));
  });
  const listening = event(server, "listening");
  storage.run("listen", () => listen(server));
  await listening;
  const accepted = event(server, "connection");
  const client = bed.connect(server);
  client.write("question");
  const [peer] = await accepted as [net.Socket];
  await event(client, "data");
  client.end();
  await closed(peer);
  return seen;
}

/** What Node has. */
const EXPECTED = {
  connection: "listen",
  data: undefined,
  written: "write",
  end: undefined,
  close: undefined,
};

forEachTransport(
  "AsyncLocalStorage: an accepted socket runs in no context",
  async (bed) => {
    const seen = await contexts(
      bed,
      (server) => server.listen(bed.transport.listenOptions()),
    );
    assert.deepEqual(seen, EXPECTED);
  },
);

tcpTest(
  "AsyncLocalStorage: nor does one of a server on a bound socket",
  async (bed) => {
    const seen = await contexts(
      bed,
      (server) => server.listen(new net.BoundSocket({ host: "127.0.0.1" })),
    );
    assert.deepEqual(seen, EXPECTED);
  },
  noBinding,
);
