/** Idle timeouts. A long one never fires here; a short one always does. */
import { overBoth, type Scenario, scenario } from "../../scenario.ts";
import { settle } from "../../trace.ts";

const SHORT = 20;
/** Longer than it takes to connect on a busy machine. */
const UNHURRIED = 250;
const LONG = 60_000;

export const scenarios: Scenario[] = [
  ...overBoth("setTimeout(ms, callback)", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("setTimeout", SHORT, client.callback("timeout"));
    client.note("timeout", client.target.timeout);
    await client.until("timeout");
    client.look("a time-out does not close");
    client.call("setTimeout", 0);
    client.call("end");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("setTimeout(0) takes the callback away", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    const callback = client.callback("timeout");
    client.call("setTimeout", LONG, callback);
    client.note("listeners", client.target.listenerCount("timeout"));
    client.call("setTimeout", 0, callback);
    client.note("listeners", client.target.listenerCount("timeout"));
    client.note("timeout", client.target.timeout);
    client.call("end");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("destroy() in the 'timeout' handler", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.on("timeout", () => client.call("destroy"));
    client.call("setTimeout", SHORT);
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("end() in the 'timeout' handler", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.on("timeout", () => client.call("end", "tired"));
    client.call("setTimeout", SHORT);
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("the timeout option of connect()", async (net, trace) => {
    const where = await trace.listen(net.createServer());
    const client = trace.socket(
      "client",
      net.connect({ ...where, timeout: UNHURRIED }),
    );
    client.on("timeout", () => client.call("destroy"));
    client.note("timeout", client.target.timeout);
    await client.until("close");
  }),

  ...overBoth("setTimeout() before connect()", async (net, trace) => {
    const where = await trace.listen(net.createServer());
    const client = trace.socket("client", new net.Socket());
    client.call("setTimeout", UNHURRIED);
    client.call("connect", where);
    client.on("timeout", () => client.call("destroy"));
    await client.until("close");
  }),

  scenario("setTimeout() without a connection", async (net, trace) => {
    const client = trace.socket("client", new net.Socket());
    client.call("setTimeout", SHORT, client.callback("timeout"));
    await client.until("timeout");
    client.call("destroy");
    await client.until("close");
  }),

  ...overBoth("a time-out of the server's socket", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    peer.on("timeout", () => peer.call("destroy"));
    peer.call("setTimeout", SHORT);
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("no time-out after destroy()", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("setTimeout", SHORT);
    client.call("destroy");
    client.note("timeout", client.target.timeout);
    await Promise.all([client.until("close"), peer.until("close")]);
    await new Promise((resolve) => setTimeout(resolve, 3 * SHORT));
  }),

  ...overBoth(
    "'timeout' fires once until there is activity",
    async (_net, trace) => {
      const { client, peer } = await trace.pair();
      client.call("setTimeout", SHORT);
      await client.until("timeout");
      await new Promise((resolve) => setTimeout(resolve, 3 * SHORT));
      client.call("write", "activity");
      await client.until("timeout", 2);
      client.call("destroy");
      await Promise.all([client.until("close"), peer.until("close")]);
    },
  ),

  scenario("values that setTimeout() refuses", async (net, trace) => {
    const client = trace.socket("client", new net.Socket());
    client.call("setTimeout", "100");
    client.call("setTimeout", undefined);
    client.call("setTimeout", -1);
    client.call("setTimeout", NaN);
    client.call("setTimeout", Infinity);
    client.call("setTimeout", SHORT, "x");
    client.call("setTimeout", 0, "x");
    client.note("timeout", client.target.timeout);
    client.note("listeners", client.target.listenerCount("timeout"));
    await settle();
  }),
];
