/** listen() that fails: which error, when, and what works afterwards. */
import { writeFileSync } from "node:fs";
import { overBoth, type Scenario, scenario } from "../../scenario.ts";

export const scenarios: Scenario[] = [
  ...overBoth("EADDRINUSE", async (net, trace) => {
    const where = await trace.listen(net.createServer());
    const server = trace.server("server", net.createServer());
    server.call("listen", where, server.callback("listen"));
    server.look("after listen()");
    await server.until("error");
    server.look("after the error");
  }),

  ...overBoth("EADDRINUSE, then a free one", async (net, trace) => {
    const where = await trace.listen(net.createServer());
    const server = trace.server("server", net.createServer());
    server.call("listen", where);
    await server.until("error");
    server.call("listen", trace.free());
    await server.until("listening");
    server.call("close");
    await server.until("close");
  }),

  ...overBoth(
    "listen() elsewhere in the 'error' handler",
    async (net, trace) => {
      const where = await trace.listen(net.createServer());
      const free = trace.free();
      const server = trace.server("server", net.createServer());
      server.on("error", () => server.call("listen", free));
      server.call("listen", where);
      await server.until("listening");
      server.call("close");
      await server.until("close");
    },
  ),

  ...overBoth(
    "close() right after a listen() that fails",
    async (net, trace) => {
      const where = await trace.listen(net.createServer());
      const server = trace.server("server", net.createServer());
      server.call("listen", where);
      server.call("close", server.callback("close"));
      await server.until("close");
    },
  ),

  ...overBoth("close() in the 'error' handler", async (net, trace) => {
    const where = await trace.listen(net.createServer());
    const server = trace.server("server", net.createServer());
    server.on("error", () => server.call("close", server.callback("close")));
    server.call("listen", where);
    await server.until("close");
  }),

  scenario("the listener of a failed listen() stays", async (net, trace) => {
    const where = await trace.listen(net.createServer());
    const server = trace.server("server", net.createServer());
    server.call("listen", where, server.callback("first"));
    await server.until("error");
    server.call("listen", trace.free(), server.callback("second"));
    await server.until("listening");
    server.call("close");
    await server.until("close");
  }),

  scenario("EADDRINUSE over IPv6", async (net, trace) => {
    const where = await trace.listen(net.createServer(), {
      port: 0,
      host: "::1",
    });
    const server = trace.server("server", net.createServer());
    server.call("listen", where);
    await server.until("error");
  }),

  scenario("EADDRNOTAVAIL", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    server.call("listen", 0, "192.0.2.1");
    await server.until("error");
  }),

  scenario(
    "a folder that is not there: EACCES or ENOENT",
    async (net, trace) => {
      const server = trace.server("server", net.createServer());
      server.call("listen", `${trace.path()}/below`);
      await server.until("error");
    },
  ),

  scenario("a path that is a file: EADDRINUSE", async (net, trace) => {
    const path = trace.path();
    writeFileSync(path, "no socket");
    const server = trace.server("server", net.createServer());
    server.call("listen", { path });
    await server.until("error");
  }),

  scenario("a path through a file: ENOTDIR", async (net, trace) => {
    const path = trace.path();
    writeFileSync(path, "no folder");
    const server = trace.server("server", net.createServer());
    server.call("listen", `${path}/below`);
    await server.until("error");
  }),

  scenario("a path too long", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    server.call("listen", `${trace.path()}${"x".repeat(120)}`);
    await server.until("error");
  }),

  scenario("a descriptor that is none", async (net, trace) => {
    const server = trace.server("server", net.createServer());
    server.call("listen", { fd: 60_000 });
    await server.until("error");
  }),
];
