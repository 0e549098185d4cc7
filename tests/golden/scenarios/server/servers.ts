/** The life of a server: listening, closing, listening again, counting. */
import { once } from "node:events";
import { overBoth, overUnix, type Scenario, scenario } from "../../scenario.ts";
import { settle } from "../../trace.ts";

export const scenarios: Scenario[] = [
  ...overBoth("listen, then close", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    server.look("new");
    server.call("listen", trace.free(), server.callback("listen"));
    server.look("after listen()");
    await server.until("listening");
    server.call("close", server.callback("close"));
    server.look("after close()");
    await server.until("close");
  }),

  ...overBoth("'close' waits for the last connection", async (_net, trace) => {
    const { client, peer, server } = await trace.pair();
    const log = trace.server("server", server);
    log.call("close", log.callback("close"));
    await settle();
    log.look("still a connection");
    client.call("write", "still works");
    await peer.untilReceived(11);
    client.call("end");
    await Promise.all([client.until("close"), peer.until("close")]);
    await log.until("close");
  }),

  ...overBoth("close() refuses newcomers", async (net, trace) => {
    const { client, server, where } = await trace.pair();
    const log = trace.server("server", server);
    log.call("close");
    const second = trace.socket("second client", net.connect(where));
    await second.until("close");
    client.call("destroy");
    await log.until("close");
    trace.forget("peer");
  }),

  ...overBoth("close() in the 'listening' handler", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    server.on("listening", () => server.call("close"));
    server.call("listen", trace.free());
    await server.until("close");
  }),

  ...overBoth("close() right after listen()", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    server.call("listen", trace.free(), server.callback("listen"));
    server.call("close", server.callback("close"));
    await server.until("close");
  }),

  scenario("close() of a server that does not listen", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    server.call("close", server.callback("close"));
    server.look("after close()");
    await server.until("close");
  }),

  scenario("close() without a callback, not listening", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    server.call("close");
    await server.until("close");
  }),

  ...overBoth("close() twice", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    await trace.listen(server.target);
    server.call("close", server.callback("first"));
    server.call("close", server.callback("second"));
    await server.until("close");
    await settle();
    server.call("close", server.callback("third"));
    await server.until("callback third");
  }),

  ...overBoth("Symbol.asyncDispose closes", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    await trace.listen(server.target);
    const dispose = async (label: string) => {
      await server.target[Symbol.asyncDispose]().then(
        () => server.look(`${label} disposed`),
        (error: unknown) => server.note(`${label} rejected`, error),
      );
    };
    await dispose("first");
    await dispose("second");
  }),

  ...overBoth("listen() twice", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    server.call("listen", trace.free());
    await server.until("listening");
    server.call("listen", trace.free());
    server.call("close");
    await server.until("close");
  }),

  ...overBoth("listen() again after close", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    for (let round = 1; round <= 3; round++) {
      server.call("listen", trace.free());
      await server.until("listening", round);
      server.call("close");
      await server.until("close", round);
    }
  }),

  ...overBoth("listen() in the 'close' handler", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    const where = trace.free();
    let times = 0;
    server.on("close", () => {
      if (++times === 1) server.call("listen", where);
    });
    server.call("listen", where);
    await server.until("listening");
    server.call("close");
    await server.until("listening", 2);
    server.call("close");
    await server.until("close", 2);
  }),

  scenario("listen() at the same port after close", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    const where = await trace.listen(server.target);
    server.call("close");
    await server.until("close");
    server.call("listen", where);
    await server.until("listening", 2);
    server.call("close");
    await server.until("close", 2);
  }),

  ...overBoth("connections are counted", async (_net, trace) => {
    const { client, peer, server } = await trace.pair();
    const log = trace.server("server", server);
    log.call("getConnections", log.callback("one"));
    await log.until("callback one");
    client.call("end");
    await Promise.all([client.until("close"), peer.until("close")]);
    log.call("getConnections", log.callback("none"));
    await log.until("callback none");
    log.call("close");
    await log.until("close");
    log.call("getConnections", log.callback("closed"));
    await log.until("callback closed");
  }),

  ...overBoth("a connection knows its server", async (_net, trace) => {
    const { client, peer, server } = await trace.pair();
    const owner = (socket: unknown): unknown =>
      Reflect.get(Object(socket), "server");
    peer.note("server", owner(peer.target) === server);
    client.note("server", owner(client.target));
    client.call("destroy");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  scenario("address() through a life", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    server.call("address");
    server.call("listen", 0, "127.0.0.1");
    await server.until("listening");
    server.call("address");
    server.call("close");
    server.call("address");
    await server.until("close");
  }),

  scenario("address() over IPv6", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    server.call("listen", 0, "::1");
    await server.until("listening");
    server.call("address");
    server.call("close");
    await server.until("close");
  }),

  scenario("address() with no host", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    server.call("listen", server.callback("listen"));
    await server.until("listening");
    server.call("address");
    server.call("close");
    await server.until("close");
  }),

  overUnix("address() of a path", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    server.call("listen", trace.path(), server.callback("listen"));
    await server.until("listening");
    server.call("address");
    server.call("close");
    await server.until("close");
  }),

  scenario("the call forms of listen()", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    const forms: unknown[][] = [
      [],
      [0],
      ["0"],
      [null],
      [undefined],
      [0, 10],
      [0, "127.0.0.1", 10],
      [{ port: 0 }],
      [{ port: "0", host: "127.0.0.1", backlog: 5 }],
      [{ port: 0, host: "::1", ipv6Only: true, exclusive: true }],
    ];
    let round = 0;
    for (const form of forms) {
      server.call("listen", ...form, server.callback("listen"));
      await server.until("listening", ++round);
      server.call("address");
      server.call("close");
      await server.until("close", round);
    }
  }),

  scenario("arguments that listen() refuses", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    for (
      const form of [
        [-1],
        [65536],
        [1.5],
        [{}],
        [{ host: "127.0.0.1" }],
        [{ port: -1 }],
        [{ port: "x" }],
        [{ port: {} }],
        [{ port: true }],
        [{ path: 1 }],
        [{ fd: -1 }],
        [{ port: 0, signal: "x" }],
        [{ port: 0, host: 1 }],
        [NaN],
        [true],
      ]
    ) {
      server.call("listen", ...form);
      if (server.target.listening) {
        await settle();
        server.call("close");
        await settle();
      }
    }
    await settle();
    server.look("in the end");
  }),

  scenario("options that the constructor refuses", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    const tries: unknown[] = [
      1,
      "x",
      true,
      { keepAliveInitialDelay: "1" },
      { highWaterMark: "1" },
      { blockList: {} },
    ];
    for (const options of tries) {
      server.note("createServer", options);
      server.run("constructor", () => {
        Reflect.apply(net.createServer, net, [options]);
        return "a server";
      });
    }
    await settle();
  }),

  scenario("ref() and unref() give the server", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    server.call("unref");
    server.call("ref");
    await trace.listen(server.target);
    server.call("unref");
    server.call("ref");
    server.call("close");
    await server.until("close");
    server.call("unref");
  }),

  ...overBoth(
    "the connection listener and 'connection'",
    async (net, trace) => {
      const order: string[] = [];
      const server = net.createServer(() => order.push("listener"));
      server.on("connection", () => order.push("event"));
      const where = await trace.listen(server);
      const log = trace.server("server", server);
      const client = trace.socket("client", net.connect(where));
      await Promise.all([log.until("connection"), client.until("ready")]);
      log.note("order", order);
      client.call("destroy");
      await client.until("close");
    },
  ),

  ...overBoth("two clients, one after the other", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    const where = await trace.listen(server.target);
    server.target.on("connection", (socket) => socket.end("hello"));
    for (const name of ["first client", "second client"]) {
      const client = trace.socket(name, net.connect(where));
      await client.until("close");
    }
    server.call("close");
    await server.until("close");
  }),

  ...overBoth("events.once() on a server", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    server.target.listen(trace.free());
    const args: unknown[] = await once(server.target, "listening");
    server.note("listening with", args);
    server.call("close");
    await server.until("close");
  }),
];
