/** maxConnections and 'drop', and block lists of a server. */
import { overBoth, type Scenario, scenario } from "../../scenario.ts";

export const scenarios: Scenario[] = [
  ...overBoth("maxConnections 0 drops everyone", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    server.target.maxConnections = 0;
    const where = await trace.listen(server.target);
    for (const name of ["first client", "second client"]) {
      const client = trace.socket(name, net.connect(where));
      await client.until("close");
    }
    server.call("close");
    await server.until("close");
  }),

  ...overBoth("maxConnections 1 drops the second", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    server.target.maxConnections = 1;
    const where = await trace.listen(server.target);
    const first = trace.socket("first client", net.connect(where));
    await Promise.all([first.until("ready"), server.until("connection")]);
    const second = trace.socket("second client", net.connect(where));
    await Promise.all([second.until("close"), server.until("drop")]);
    server.call("getConnections", server.callback("count"));
    await server.until("callback count");
    first.call("destroy");
    await first.until("close");
  }),

  ...overBoth("room again after a connection closed", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    server.target.maxConnections = 1;
    server.target.on("connection", (socket) => socket.resume());
    const where = await trace.listen(server.target);
    const closed = new Promise<void>((resolve) => {
      server.target.once("connection", (socket) => {
        socket.once("close", () => setImmediate(resolve));
      });
    });
    const first = trace.socket("first client", net.connect(where));
    await first.until("ready");
    first.call("end");
    await Promise.all([first.until("close"), closed]);
    const second = trace.socket("second client", net.connect(where));
    await Promise.all([second.until("ready"), server.until("connection", 2)]);
    second.call("destroy");
    await second.until("close");
  }),

  ...overBoth("maxConnections lowered while connected", async (net, trace) => {
    const { client, server, where } = await trace.pair();
    const log = trace.server("server", server);
    server.maxConnections = 1;
    const second = trace.socket("second client", net.connect(where));
    await Promise.all([second.until("close"), log.until("drop")]);
    server.maxConnections = 2;
    const third = trace.socket("third client", net.connect(where));
    await Promise.all([third.until("ready"), log.until("connection")]);
    third.call("destroy");
    client.call("destroy");
    await Promise.all([third.until("close"), client.until("close")]);
    trace.forget("peer");
  }),

  scenario("'drop' tells both addresses", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    server.target.maxConnections = 0;
    const where = await trace.listen(server.target);
    const client = net.connect(where);
    trace.track(client);
    const localPort = new Promise<number | undefined>((resolve) => {
      client.on("connect", () => resolve(client.localPort));
    });
    const remotePort = new Promise<number | undefined>((resolve) => {
      server.target.on("drop", (data) => resolve(data?.remotePort));
    });
    server.note("the client's port", await localPort === await remotePort);
    await server.until("drop");
  }),

  scenario("a block list closes without a word", async (net, trace) => {
    const blockList = new net.BlockList();
    blockList.addAddress("127.0.0.1");
    const server = trace.server("server", net.createServer({ blockList }));
    const where = await trace.listen(server.target);
    const client = trace.socket("client", net.connect(where));
    await client.until("close");
    server.call("close");
    await server.until("close");
  }),

  scenario("a block list lets others in", async (net, trace) => {
    const blockList = new net.BlockList();
    blockList.addAddress("127.0.0.2");
    const server = trace.server("server", net.createServer({ blockList }));
    const where = await trace.listen(server.target);
    const client = trace.socket("client", net.connect(where));
    await Promise.all([client.until("ready"), server.until("connection")]);
    client.call("destroy");
    await client.until("close");
  }),

  scenario("maxConnections goes before the block list", async (net, trace) => {
    const blockList = new net.BlockList();
    blockList.addAddress("127.0.0.1");
    const server = trace.server("server", net.createServer({ blockList }));
    server.target.maxConnections = 0;
    const where = await trace.listen(server.target);
    const client = trace.socket("client", net.connect(where));
    await client.until("close");
    await server.until("drop");
  }),
];
