/** destroy(), destroy(error) and destroySoon() in every state. */
import { overBoth, type Scenario, scenario } from "../../scenario.ts";

const boom = (): Error => new Error("boom");

export const scenarios: Scenario[] = [
  ...overBoth("destroy() by the client", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("destroy");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("destroy() by the server", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    peer.call("destroy");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("destroy() by both", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("destroy");
    peer.call("destroy");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("destroy(error)", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("destroy", boom());
    await Promise.all([client.until("close"), peer.until("close")]);
    client.look("after close");
  }),

  ...overBoth("destroy(error) by the server", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    peer.call("destroy", boom());
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth(
    "destroy() twice, the second with an error",
    async (_net, trace) => {
      const { client, peer } = await trace.pair();
      client.call("destroy");
      client.call("destroy", boom());
      await Promise.all([client.until("close"), peer.until("close")]);
      client.call("destroy", boom());
    },
  ),

  ...overBoth("destroy(error) twice: the first counts", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("destroy", new Error("first"));
    client.call("destroy", new Error("second"));
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  scenario("destroy() of a socket never connected", async (net, trace) => {
    const client = trace.socket("client", new net.Socket());
    client.look("new");
    client.call("destroy");
    await client.until("close");
    client.look("after close");
  }),

  scenario("destroy(error) of a socket never connected", async (net, trace) => {
    const client = trace.socket("client", new net.Socket());
    client.call("destroy", boom());
    await client.until("close");
  }),

  ...overBoth("destroy() while connecting", async (net, trace) => {
    const server = net.createServer();
    const where = await trace.listen(server);
    const client = trace.socket("client", net.connect(where));
    client.look("connecting");
    client.call("destroy");
    await client.until("close");
  }),

  ...overBoth("destroy(error) while connecting", async (net, trace) => {
    const server = net.createServer();
    const where = await trace.listen(server);
    const client = trace.socket("client", net.connect(where));
    client.call("destroy", boom());
    await client.until("close");
  }),

  ...overBoth("destroy() in the 'connect' handler", async (net, trace) => {
    const server = net.createServer();
    const where = await trace.listen(server);
    const client = trace.socket("client", net.connect(where));
    client.on("connect", () => client.call("destroy"));
    await client.until("close");
  }),

  ...overBoth("destroy() in the 'connection' handler", async (net, trace) => {
    const server = net.createServer();
    const where = await trace.listen(server);
    let closed: Promise<void> | undefined;
    server.on("connection", (socket) => {
      const peer = trace.socket("peer", socket);
      peer.call("destroy");
      closed = peer.until("close");
    });
    const client = trace.socket("client", net.connect(where));
    await client.until("close");
    await closed;
  }),

  ...overBoth("destroy() in the 'data' handler", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    peer.on("data", () => peer.call("destroy"));
    client.call("write", "ping");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("destroy() in the 'end' handler", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    peer.on("end", () => peer.call("destroy"));
    client.call("end", "ping");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("destroy() in the 'finish' handler", async (_net, trace) => {
    const { client, peer } = await trace.pair({
      server: { allowHalfOpen: true },
    });
    client.on("finish", () => client.call("destroy"));
    client.call("end", "ping");
    await Promise.all([client.until("close"), peer.until("end")]);
    peer.call("destroy");
    await peer.until("close");
  }),

  ...overBoth("end() then destroy()", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("end", client.callback("end"));
    client.call("destroy");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("end() with data, then destroy()", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("end", "sent already", client.callback("end"));
    client.call("destroy");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("write() then destroy()", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("write", "sent already", client.callback("write"));
    client.call("destroy");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("destroy() of a half-closed socket", async (_net, trace) => {
    const { client, peer } = await trace.pair({
      client: { allowHalfOpen: true },
      server: { allowHalfOpen: true },
    });
    client.call("end");
    await peer.until("end");
    peer.look("write-only");
    client.look("read-only");
    peer.call("destroy");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("destroySoon() with nothing to send", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("destroySoon");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("destroySoon() sends what was written", async (_net, trace) => {
    const { client, peer } = await trace.pair({
      server: { allowHalfOpen: true },
    });
    client.call("write", "before", client.callback("write"));
    client.call("destroySoon");
    await Promise.all([client.until("close"), peer.until("end")]);
    peer.call("end");
    await peer.until("close");
  }),

  ...overBoth("destroySoon() after end()", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("end", "before");
    client.call("destroySoon");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("destroySoon() after 'finish'", async (_net, trace) => {
    const { client, peer } = await trace.pair({
      server: { allowHalfOpen: true },
    });
    client.call("end", "before");
    await client.until("finish");
    client.call("destroySoon");
    await Promise.all([client.until("close"), peer.until("end")]);
    peer.call("end");
    await peer.until("close");
  }),

  scenario("destroySoon() of a socket never connected", async (net, trace) => {
    const client = trace.socket("client", new net.Socket());
    client.call("destroySoon");
    await client.until("close");
  }),

  ...overBoth("destroySoon() while connecting", async (net, trace) => {
    const server = net.createServer();
    const where = await trace.listen(server);
    const ended = new Promise<void>((resolve) => {
      server.on("connection", (socket) => {
        const peer = trace.socket("peer", socket);
        resolve(peer.until("close"));
      });
    });
    const client = trace.socket("client", net.connect(where));
    client.call("destroySoon");
    await client.until("close");
    await ended;
  }),

  ...overBoth("Symbol.asyncDispose destroys", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.run("[Symbol.asyncDispose]()", () => {
      client.target[Symbol.asyncDispose]().then(
        () => client.note("disposed"),
        (error: unknown) => client.note("disposed with", error),
      );
    });
    await Promise.all([client.until("close"), peer.until("close")]);
  }),
];
