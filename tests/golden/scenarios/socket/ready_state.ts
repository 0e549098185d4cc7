/** readyState, pending, connecting and the addresses through a socket's life. */
import { overBoth, type Scenario, scenario } from "../../scenario.ts";
import { settle } from "../../trace.ts";

export const scenarios: Scenario[] = [
  scenario("a new socket", async (net, trace) => {
    const client = trace.socket("client", new net.Socket());
    client.look("new");
    const half = trace.socket("read only", new net.Socket({ writable: false }));
    half.look("new");
    const other = trace.socket(
      "write only",
      new net.Socket({ readable: false }),
      {
        data: false,
      },
    );
    other.look("new");
    const neither = trace.socket(
      "neither",
      new net.Socket({ readable: false, writable: false }),
      { data: false },
    );
    neither.look("new");
    await settle();
    client.look("nothing happens");
  }),

  ...overBoth("a whole life", async (net, trace) => {
    const server = net.createServer({ allowHalfOpen: true });
    const where = await trace.listen(server);
    const accepted = new Promise<ReturnType<typeof trace.socket>>((resolve) => {
      server.on("connection", (socket) => {
        const peer = trace.socket("peer", socket);
        peer.look("in the 'connection' handler");
        resolve(peer);
      });
    });
    const client = trace.socket(
      "client",
      new net.Socket({ allowHalfOpen: true }),
    );
    client.call("connect", where, client.callback("connect"));
    client.look("after connect()");
    await client.until("ready");
    const peer = await accepted;
    client.look("connected");
    peer.call("write", "abc");
    await client.untilReceived(3);
    client.call("end", "12345");
    await peer.until("end");
    client.look("ended by itself");
    peer.look("ended by the other");
    peer.call("end", "xyz");
    await Promise.all([client.until("close"), peer.until("close")]);
    client.look("closed");
    peer.look("closed");
  }),

  scenario("addresses through a life", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    for (const log of [client, peer]) {
      const { target } = log;
      log.note("address()", target.address());
      log.note("local", target.localAddress, target.localFamily);
      log.note("remote", target.remoteAddress, target.remoteFamily);
    }
    client.note(
      "the ports agree",
      client.target.localPort === peer.target.remotePort,
      client.target.remotePort === peer.target.localPort,
    );
    client.on("close", () => {
      const { target } = client;
      client.note(
        "remote in 'close'",
        target.remoteAddress,
        target.remoteFamily,
      );
      client.note("local in 'close'", target.localAddress, target.localFamily);
      client.note("address() in 'close'", target.address());
    });
    client.call("end");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  scenario("addresses of a socket never connected", async (net, trace) => {
    const client = trace.socket("client", new net.Socket());
    client.note("address()", client.target.address());
    client.note("local", client.target.localAddress, client.target.localPort);
    client.note(
      "remote",
      client.target.remoteAddress,
      client.target.remotePort,
    );
    client.note("timeout", client.target.timeout);
    client.note("bufferSize", client.target.bufferSize);
    client.call("destroy");
    await client.until("close");
  }),

  ...overBoth(
    "bytesWritten counts what is still queued",
    async (net, trace) => {
      const server = net.createServer();
      const where = await trace.listen(server);
      const client = trace.socket("client", net.connect(where));
      client.call("write", "four");
      client.call("write", Buffer.from("eight888"));
      client.look("while connecting");
      await client.until("ready");
      client.look("connected");
      client.call("destroy");
      await client.until("close");
      client.look("closed");
    },
  ),

  ...overBoth("the counts stay after 'close'", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("write", "12345");
    await peer.untilReceived(5);
    peer.call("write", "123");
    await client.untilReceived(3);
    client.call("destroy");
    await Promise.all([client.until("close"), peer.until("close")]);
    client.look("closed");
    peer.look("closed");
  }),
];
