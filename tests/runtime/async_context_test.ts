/**
 * The context of an `AsyncLocalStorage` in the listeners of a connection.
 *
 * @module
 */
import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { Buffer } from "node:buffer";
import * as net from "../../mod.ts";
import { nodeAdapter } from "../../runtime/select.ts";
import { type Bed, closed, event, turn } from "../helpers/net_helpers.ts";
import { mayTakeAnyWrite, takesAnyPathWrite } from "../helpers/runtime.ts";
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

/** The contexts that the end of a write ran in that had to wait. */
async function lateContexts(
  bed: Bed,
  { client, peer }: { client: net.Socket; peer: net.Socket },
): Promise<Record<string, string | undefined>> {
  const storage = new AsyncLocalStorage<string>();
  const seen: Record<string, string | undefined> = {};
  const note = (name: string) => seen[name] = storage.getStore();
  bed.track(client).on("drain", () => note("drain"));
  client.on("finish", () => note("finish"));
  const finished = event(client, "finish");
  storage.run("write", () => {
    client.write(Buffer.alloc(8 * 1024 * 1024), () => {
      note("written");
      storage.run("end", () => client.end(() => note("ended")));
    });
  });
  // Nobody reads before it has to wait.
  await turn();
  peer.resume();
  await finished;
  return seen;
}

const backends = [
  ["the default adapter", undefined],
  ["the runtime's net", nodeAdapter],
] as const;
for (const [name, adapter] of backends) {
  forEachTransport(
    `AsyncLocalStorage: the callbacks of a late write and of an end have their context, over ${name}`,
    async (bed) => {
      const expected = {
        drain: "write",
        written: "write",
        ended: "end",
        finish: "end",
      };
      const options = adapter ? { adapter } : {};
      const { client, peer } = await bed.pair({ client: options });
      assert.deepEqual(await lateContexts(bed, { client, peer }), expected);
      const other = await bed.pair({ server: options });
      assert.deepEqual(
        await lateContexts(bed, { client: other.peer, peer: other.client }),
        expected,
      );
    },
    ({ ipc }) => ipc ? takesAnyPathWrite : mayTakeAnyWrite,
  );
}
