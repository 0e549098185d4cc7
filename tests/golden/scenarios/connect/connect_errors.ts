/** Connections that fail: the error, and the events before and after it. */
import { overBoth, type Scenario, scenario } from "../../scenario.ts";
import { writeFileSync } from "node:fs";

export const scenarios: Scenario[] = [
  scenario("ECONNREFUSED over TCP", async (net, trace) => {
    const client = trace.socket("client", net.connect(await trace.refusing()));
    client.look("connecting");
    await client.until("close");
    client.look("closed");
  }),

  scenario("ECONNREFUSED over IPv6", async (net, trace) => {
    const holder = net.createServer();
    const where = await trace.listen(holder, { port: 0, host: "127.0.0.1" });
    if (!("port" in where)) return;
    const client = trace.socket(
      "client",
      net.connect({ port: where.port, host: "::1" }),
    );
    await client.until("close");
  }),

  scenario("ECONNREFUSED with a write waiting", async (net, trace) => {
    const client = trace.socket("client", net.connect(await trace.refusing()));
    client.call("write", "one", client.callback("one"));
    client.call("write", "two", client.callback("two"));
    await Promise.all([client.until("close"), client.until("callback two")]);
  }),

  scenario("ECONNREFUSED after end() with data", async (net, trace) => {
    const client = trace.socket("client", net.connect(await trace.refusing()));
    client.call("end", "all", client.callback("end"));
    await Promise.all([client.until("close"), client.until("callback end")]);
  }),

  scenario("ECONNREFUSED after end()", async (net, trace) => {
    const client = trace.socket("client", net.connect(await trace.refusing()));
    client.call("end", client.callback("end"));
    await Promise.all([client.until("close"), client.until("callback end")]);
  }),

  scenario("destroy() in the 'error' handler", async (net, trace) => {
    const client = trace.socket("client", net.connect(await trace.refusing()));
    client.on("error", () => client.call("destroy"));
    await client.until("close");
  }),

  scenario("write() in the 'error' handler", async (net, trace) => {
    const client = trace.socket("client", net.connect(await trace.refusing()));
    client.on(
      "error",
      () => client.call("write", "x", client.callback("write")),
    );
    await Promise.all([client.until("close"), client.until("callback write")]);
  }),

  scenario(
    "destroy() in the 'connectionAttemptFailed' handler",
    async (net, trace) => {
      const client = trace.socket(
        "client",
        net.connect(await trace.refusing()),
      );
      client.on("connectionAttemptFailed", () => client.call("destroy"));
      await client.until("close");
    },
  ),

  scenario("ECONNREFUSED from a local address", async (net, trace) => {
    const client = trace.socket(
      "client",
      net.connect({ ...await trace.refusing(), localAddress: "127.0.0.3" }),
    );
    await client.until("close");
  }),

  scenario(
    "a local address that is not ours: EADDRNOTAVAIL",
    async (net, trace) => {
      const server = net.createServer();
      const where = await trace.listen(server);
      const client = trace.socket(
        "client",
        net.connect({ ...where, localAddress: "192.0.2.1" }),
      );
      client.look("after connect()");
      await client.until("close");
    },
  ),

  scenario(
    "a local address of the other family: EINVAL",
    async (net, trace) => {
      const server = net.createServer();
      const where = await trace.listen(server);
      const client = trace.socket(
        "client",
        net.connect({ ...where, localAddress: "::1" }),
      );
      await client.until("close");
    },
  ),

  scenario("a local port that is taken: EADDRINUSE", async (net, trace) => {
    const server = net.createServer();
    const where = await trace.listen(server);
    if (!("port" in where)) return;
    const client = trace.socket(
      "client",
      net.connect({
        ...where,
        localAddress: "127.0.0.1",
        localPort: where.port,
      }),
    );
    await client.until("close");
  }),

  scenario("no such path: ENOENT", async (net, trace) => {
    const client = trace.socket("client", net.connect(trace.path()));
    client.look("after connect()");
    await client.until("close");
  }),

  scenario("a path nobody listens at: ECONNREFUSED", async (net, trace) => {
    const path = trace.path();
    const server = net.createServer();
    await trace.listen(server, { path });
    // A second name for the socket file outlives the listener.
    const { linkSync } = await import("node:fs");
    const orphan = trace.path();
    linkSync(path, orphan);
    await new Promise<void>((resolve) => server.close(() => resolve()));
    const client = trace.socket("client", net.connect(orphan));
    await client.until("close");
  }),

  scenario(
    "a path that is a file: ENOTSOCK or ECONNREFUSED",
    async (net, trace) => {
      const path = trace.path();
      writeFileSync(path, "no socket");
      const client = trace.socket("client", net.connect({ path }));
      await client.until("close");
    },
  ),

  scenario("a path through a file: ENOTDIR", async (net, trace) => {
    const path = trace.path();
    writeFileSync(path, "no folder");
    const client = trace.socket("client", net.connect(`${path}/below`));
    await client.until("close");
  }),

  scenario("a path too long", async (net, trace) => {
    const path = `${trace.path()}${"x".repeat(120)}`;
    const client = trace.socket("client", new net.Socket());
    client.run("connect(long path)", () => client.target.connect(path));
    await client.until("close");
  }),

  scenario(
    "a write waiting for a path that is not there",
    async (net, trace) => {
      const client = trace.socket("client", net.connect(trace.path()));
      client.call("write", "one", client.callback("one"));
      client.call("end", "two", client.callback("two"));
      await Promise.all([client.until("close"), client.until("callback two")]);
    },
  ),

  scenario("a block list forbids the address", async (net, trace) => {
    const server = net.createServer();
    const where = await trace.listen(server);
    const blockList = new net.BlockList();
    blockList.addAddress("127.0.0.1");
    const client = trace.socket("client", net.connect({ ...where, blockList }));
    await client.until("close");
  }),

  scenario("a block list allows the address", async (net, trace) => {
    const server = net.createServer();
    const where = await trace.listen(server);
    const blockList = new net.BlockList();
    blockList.addAddress("127.0.0.2");
    const client = trace.socket("client", net.connect({ ...where, blockList }));
    await client.until("ready");
    client.call("destroy");
    await client.until("close");
  }),

  ...overBoth(
    "an error thrown nowhere: no 'close' twice",
    async (net, trace) => {
      const server = net.createServer();
      const where = await trace.listen(server);
      const client = trace.socket("client", net.connect(where));
      client.on("error", () => client.call("destroy", new Error("again")));
      client.on("close", () => client.call("destroy", new Error("and again")));
      client.call("destroy", new Error("boom"));
      await client.until("close");
    },
  ),
];
