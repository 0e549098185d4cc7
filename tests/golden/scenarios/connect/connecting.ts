/**
 * connect(): its call forms, and what a program may do before it is connected.
 */
import { overBoth, overUnix, type Scenario, scenario } from "../../scenario.ts";
import { settle, type Trace } from "../../trace.ts";
import type { Server, Socket } from "node:net";

/** Logs the server's socket, too. Returns a promise for its 'close'. */
function accept(server: Server, trace: Trace): Promise<void> {
  return new Promise<void>((resolve) => {
    server.on("connection", (socket: Socket) => {
      resolve(trace.socket("peer", socket).until("close"));
    });
  });
}

export const scenarios: Scenario[] = [
  ...overBoth(
    "connect, then both events and the callback",
    async (net, trace) => {
      const server = trace.server("server", net.createServer());
      const where = await trace.listen(server.target);
      const closed = accept(server.target, trace);
      const client = trace.socket("client", new net.Socket());
      client.call("connect", where, client.callback("connect"));
      client.look("after connect()");
      await client.until("ready");
      client.call("end");
      await Promise.all([client.until("close"), closed]);
      server.call("close", server.callback("close"));
      await server.until("close");
    },
  ),

  scenario("connect(port, host, callback)", async (net, trace) => {
    const server = net.createServer();
    const where = await trace.listen(server);
    if (!("port" in where)) return;
    const client = trace.socket("client", new net.Socket());
    client.call("connect", where.port, where.host, client.callback("connect"));
    await client.until("ready");
    client.call("destroy");
    await client.until("close");
  }),

  scenario("connect(port as text)", async (net, trace) => {
    const server = net.createServer();
    const where = await trace.listen(server);
    if (!("port" in where)) return;
    const client = trace.socket("client", new net.Socket());
    client.run("connect({ port: text })", () =>
      client.target.connect(
        { host: where.host, port: String(where.port) as unknown as number },
      ));
    await client.until("ready");
    client.call("destroy");
    await client.until("close");
  }),

  overUnix("connect(path, callback)", async (net, trace) => {
    const server = net.createServer();
    const where = await trace.listen(server);
    if (!("path" in where)) return;
    const client = trace.socket("client", new net.Socket());
    client.call("connect", where.path, client.callback("connect"));
    await client.until("ready");
    client.call("destroy");
    await client.until("close");
  }),

  scenario("connect over IPv6", async (net, trace) => {
    const server = net.createServer();
    const where = await trace.listen(server, { port: 0, host: "::1" });
    const client = trace.socket("client", net.connect(where));
    await client.until("ready");
    const { remoteAddress, remoteFamily, localAddress, localFamily } =
      client.target;
    client.note("remote", remoteAddress, remoteFamily);
    client.note("local", localAddress, localFamily);
    client.call("destroy");
    await client.until("close");
  }),

  scenario("connect from a local address", async (net, trace) => {
    const server = net.createServer();
    const where = await trace.listen(server);
    const client = trace.socket(
      "client",
      net.connect({ ...where, localAddress: "127.0.0.3" }),
    );
    await client.until("ready");
    client.note("local", client.target.localAddress, client.target.localFamily);
    client.call("destroy");
    await client.until("close");
  }),

  ...overBoth("write() while connecting", async (net, trace) => {
    const server = net.createServer();
    const where = await trace.listen(server);
    const closed = accept(server, trace);
    const client = trace.socket("client", net.connect(where));
    client.call("write", "one ", client.callback("one"));
    client.call("write", "two", client.callback("two"));
    await client.until("callback two");
    client.call("end");
    await Promise.all([client.until("close"), closed]);
  }),

  ...overBoth("end() while connecting", async (net, trace) => {
    const server = net.createServer();
    const where = await trace.listen(server);
    const closed = accept(server, trace);
    const client = trace.socket("client", net.connect(where));
    client.call("end", client.callback("end"));
    await Promise.all([client.until("close"), closed]);
  }),

  ...overBoth("end() with data while connecting", async (net, trace) => {
    const server = net.createServer();
    const where = await trace.listen(server);
    const closed = accept(server, trace);
    const client = trace.socket("client", net.connect(where));
    client.call("end", "all at once", client.callback("end"));
    await Promise.all([client.until("close"), closed]);
  }),

  ...overBoth("write() then destroy() while connecting", async (net, trace) => {
    const server = net.createServer();
    const where = await trace.listen(server);
    const client = trace.socket("client", net.connect(where));
    client.call("write", "one", client.callback("one"));
    client.call("write", "two", client.callback("two"));
    client.call("destroy");
    await Promise.all([client.until("close"), client.until("callback two")]);
  }),

  ...overBoth(
    "write() then destroy(error) while connecting",
    async (net, trace) => {
      const server = net.createServer();
      const where = await trace.listen(server);
      const client = trace.socket("client", net.connect(where));
      client.call("write", "one", client.callback("one"));
      client.call("destroy", new Error("boom"));
      await Promise.all([client.until("close"), client.until("callback one")]);
    },
  ),

  ...overBoth("setters before and while connecting", async (net, trace) => {
    const server = net.createServer();
    const where = await trace.listen(server);
    const client = trace.socket("client", new net.Socket());
    for (const stage of ["new", "connecting", "connected", "closed"]) {
      client.note(stage);
      client.call("setNoDelay");
      client.call("setNoDelay", false);
      client.call("setKeepAlive", true, 1000);
      client.call("setTimeout", 0);
      client.call("ref");
      client.call("unref");
      client.call("ref");
      if (stage === "new") client.call("connect", where);
      if (stage === "connecting") await client.until("ready");
      if (stage === "connected") {
        client.call("destroy");
        await client.until("close");
      }
    }
  }),

  ...overBoth(
    "the options noDelay, keepAlive and their setters",
    async (net, trace) => {
      const server = net.createServer({
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: 2000,
        highWaterMark: 1000,
      });
      const where = await trace.listen(server);
      const closed = accept(server, trace);
      server.on("connection", (socket: Socket) => {
        socket.end(
          `hwm ${socket.readableHighWaterMark} ${socket.writableHighWaterMark}`,
        );
      });
      const options = { noDelay: true, keepAlive: true, highWaterMark: 500 };
      const client = trace.socket(
        "client",
        net.connect({ ...where, ...options }),
      );
      client.note(
        "high-water marks",
        client.target.readableHighWaterMark,
        client.target.writableHighWaterMark,
      );
      await Promise.all([client.until("close"), closed]);
    },
  ),

  scenario("connect() twice at once", async (net, trace) => {
    const server = net.createServer();
    const where = await trace.listen(server);
    const client = trace.socket("client", new net.Socket());
    client.call("connect", where, client.callback("first"));
    client.look("connecting");
    client.call("connect", where, client.callback("second"));
    await client.until("close");
  }),

  scenario("arguments that connect() refuses", async (net, trace) => {
    const client = trace.socket("client", new net.Socket());
    client.call("connect");
    client.call("connect", {});
    client.call("connect", { port: -1 });
    client.call("connect", { port: 65536 });
    client.call("connect", { port: "x" });
    client.call("connect", { port: {} });
    client.call("connect", { port: null });
    client.call("connect", { port: 1, localAddress: "nowhere" });
    client.call("connect", { port: 1, localPort: "x" });
    client.call("connect", { port: 1, lookup: "x", host: "nowhere.test" });
    client.call("connect", { path: 1 });
    client.call("connect", {
      port: 1,
      host: "127.0.0.1",
      hints: 99999,
      autoSelectFamily: 1,
    });
    client.call("connect", { port: 1, autoSelectFamilyAttemptTimeout: 0 });
    await settle();
    client.look("in the end");
  }),

  scenario("options that the constructor refuses", async (net, trace) => {
    const client = trace.socket("client", new net.Socket());
    const tries: Record<string, unknown>[] = [
      { objectMode: true },
      { readableObjectMode: true },
      { writableObjectMode: true },
      { keepAliveInitialDelay: "1" },
      { signal: "x" },
      { blockList: "x" },
      { fd: -1 },
      { fd: "0" },
    ];
    for (const options of tries) {
      client.note("new Socket", options);
      client.run("constructor", () => new net.Socket(options) && "a socket");
    }
    await settle();
  }),

  ...overBoth(
    "the callback is a 'connect' listener, once",
    async (net, trace) => {
      const server = net.createServer();
      const where = await trace.listen(server);
      const client = trace.socket("client", new net.Socket());
      client.note("before", client.target.listenerCount("connect"));
      client.target.connect(where, client.callback("connect"));
      client.note("connecting", client.target.listenerCount("connect") > 1);
      await client.until("ready");
      client.note("connected", client.target.listenerCount("connect"));
      client.call("destroy");
      await client.until("close");
    },
  ),

  ...overBoth(
    "'connect' comes after connect() has returned",
    async (net, trace) => {
      const server = net.createServer();
      const where = await trace.listen(server);
      const client = trace.socket("client", new net.Socket());
      client.call("connect", where);
      process.nextTick(() => client.look("next tick"));
      queueMicrotask(() => client.look("microtask"));
      await client.until("ready");
      client.call("destroy");
      await client.until("close");
    },
  ),
];
