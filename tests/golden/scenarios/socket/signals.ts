/** AbortSignal on sockets and on listen(). */
import { overBoth, type Scenario, scenario } from "../../scenario.ts";
import { settle } from "../../trace.ts";

export const scenarios: Scenario[] = [
  scenario("aborted before the socket is made", async (net, trace) => {
    const client = trace.socket(
      "client",
      new net.Socket({ signal: AbortSignal.abort() }),
    );
    client.look("new");
    await client.until("close");
  }),

  scenario("aborted on a socket never connected", async (net, trace) => {
    const controller = new AbortController();
    const client = trace.socket(
      "client",
      new net.Socket({ signal: controller.signal }),
    );
    await settle();
    client.run("abort()", () => controller.abort());
    await client.until("close");
  }),

  ...overBoth("aborted before connect()", async (net, trace) => {
    const where = await trace.listen(net.createServer());
    const client = trace.socket(
      "client",
      net.connect({ ...where, signal: AbortSignal.abort() }),
    );
    await client.until("close");
    // The attempt continues nevertheless.
    await client.until("ready");
  }),

  ...overBoth("aborted while connecting", async (net, trace) => {
    const controller = new AbortController();
    const where = await trace.listen(net.createServer());
    const client = trace.socket(
      "client",
      net.connect({ ...where, signal: controller.signal }),
    );
    client.run("abort()", () => controller.abort());
    await client.until("close");
  }),

  ...overBoth("aborted with a reason", async (net, trace) => {
    const controller = new AbortController();
    const where = await trace.listen(net.createServer());
    const client = trace.socket(
      "client",
      net.connect({ ...where, signal: controller.signal }),
    );
    await client.until("ready");
    client.run("abort(reason)", () => controller.abort(new Error("enough")));
    await client.until("close");
  }),

  ...overBoth("aborted when connected", async (_net, trace) => {
    const controller = new AbortController();
    const { client, peer } = await trace.pair({
      client: { signal: controller.signal },
    });
    client.run("abort()", () => controller.abort());
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("aborted with a write waiting", async (net, trace) => {
    const controller = new AbortController();
    const where = await trace.listen(net.createServer());
    const client = trace.socket(
      "client",
      net.connect({ ...where, signal: controller.signal }),
    );
    client.call("write", "waiting", client.callback("write"));
    client.run("abort()", () => controller.abort());
    await Promise.all([client.until("close"), client.until("callback write")]);
  }),

  ...overBoth("aborted after 'close': nothing", async (_net, trace) => {
    const controller = new AbortController();
    const { client, peer } = await trace.pair({
      client: { signal: controller.signal },
    });
    client.call("end");
    await Promise.all([client.until("close"), peer.until("close")]);
    client.run("abort()", () => controller.abort());
    await settle();
  }),

  ...overBoth("listen() with a signal", async (net, trace) => {
    const controller = new AbortController();
    const server = trace.server("server", net.createServer());
    server.call("listen", { ...trace.free(), signal: controller.signal });
    await server.until("listening");
    server.run("abort()", () => controller.abort());
    await server.until("close");
  }),

  ...overBoth("listen() with a signal aborted already", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    server.call("listen", { ...trace.free(), signal: AbortSignal.abort() });
    await server.until("close");
  }),

  ...overBoth(
    "abort of listen() leaves connections alone",
    async (net, trace) => {
      const controller = new AbortController();
      const server = trace.server("server", net.createServer());
      const where = trace.free();
      server.call("listen", { ...where, signal: controller.signal });
      await server.until("listening");
      const address = server.target.address();
      const client = trace.socket(
        "client",
        net.connect(
          typeof address === "object" && address !== null
            ? { port: address.port, host: address.address }
            : where,
        ),
      );
      await Promise.all([client.until("ready"), server.until("connection")]);
      server.run("abort()", () => controller.abort());
      await settle();
      client.look("still there");
      client.call("end");
      await client.until("close");
      trace.forget("server");
    },
  ),

  ...overBoth(
    "abort after the server was closed: nothing",
    async (net, trace) => {
      const controller = new AbortController();
      const server = trace.server("server", net.createServer());
      server.call("listen", { ...trace.free(), signal: controller.signal });
      await server.until("listening");
      server.call("close");
      await server.until("close");
      server.run("abort()", () => controller.abort());
      await settle();
      server.call("listen", trace.free());
      await server.until("listening", 2);
      server.call("close");
      await server.until("close", 2);
    },
  ),
];
