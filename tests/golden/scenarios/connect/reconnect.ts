/** The same socket object, connected again. */
import { overBoth, type Scenario, scenario } from "../../scenario.ts";

export const scenarios: Scenario[] = [
  ...overBoth("after a clean close", async (net, trace) => {
    const server = net.createServer((socket) => socket.end("hello"));
    const where = await trace.listen(server);
    const client = trace.socket("client", net.connect(where));
    await client.until("close");
    client.call("connect", where, client.callback("again"));
    client.look("connecting again");
    await client.until("close", 2);
  }),

  ...overBoth("after destroy()", async (net, trace) => {
    const server = net.createServer((socket) => socket.resume());
    const where = await trace.listen(server);
    const client = trace.socket("client", net.connect(where));
    await client.until("ready");
    client.call("destroy");
    await client.until("close");
    client.call("connect", where);
    await client.until("ready", 2);
    client.look("connected again");
    client.call("end", "data");
    await client.until("close", 2);
  }),

  ...overBoth("in the 'close' handler", async (net, trace) => {
    const server = net.createServer((socket) => socket.end("hello"));
    const where = await trace.listen(server);
    const client = trace.socket("client", net.connect(where));
    let times = 0;
    client.on("close", () => {
      if (++times < 3) client.call("connect", where);
    });
    await client.until("close", 3);
  }),

  scenario("after ECONNREFUSED", async (net, trace) => {
    const server = net.createServer((socket) => socket.end("hello"));
    const where = await trace.listen(server);
    const client = trace.socket("client", net.connect(await trace.refusing()));
    await client.until("close");
    client.call("connect", where);
    await client.until("close", 2);
  }),

  scenario("after ENOENT, over TCP", async (net, trace) => {
    const server = net.createServer((socket) => socket.end("hello"));
    const where = await trace.listen(server);
    const client = trace.socket("client", net.connect(trace.path()));
    await client.until("close");
    client.call("connect", where);
    await client.until("close", 2);
  }),

  scenario("refused twice", async (net, trace) => {
    const where = await trace.refusing();
    const client = trace.socket("client", net.connect(where));
    await client.until("close");
    client.call("connect", where);
    await client.until("close", 2);
  }),

  ...overBoth("the byte counts start anew", async (net, trace) => {
    const server = net.createServer((socket) => socket.pipe(socket));
    const where = await trace.listen(server);
    const client = trace.socket("client", net.connect(where));
    client.call("write", "twelve bytes");
    await client.untilReceived(12);
    client.call("destroy");
    await client.until("close");
    client.look("closed");
    client.call("connect", where);
    client.look("connecting again");
    client.call("write", "four");
    await client.untilReceived(16);
    client.look("connected again");
    client.call("destroy");
    await client.until("close", 2);
  }),

  ...overBoth(
    "write() works again after the peer ended",
    async (net, trace) => {
      const server = net.createServer((socket) => {
        socket.resume();
        socket.end("bye");
      });
      const where = await trace.listen(server);
      const client = trace.socket("client", net.connect(where));
      await client.until("close");
      client.call("write", "too late", client.callback("late"));
      await client.until("callback late");
      client.call("connect", where);
      client.call("write", "in time", client.callback("in time"));
      await client.until("close", 2);
    },
  ),

  ...overBoth("after destroy() while connecting", async (net, trace) => {
    const server = net.createServer((socket) => socket.end("hello"));
    const where = await trace.listen(server);
    const client = trace.socket("client", net.connect(where));
    client.call("destroy");
    await client.until("close");
    client.call("connect", where);
    await client.until("close", 2);
  }),

  scenario("from TCP to a path", async (net, trace) => {
    const greet = net.createServer((socket) => socket.end("by TCP"));
    const other = net.createServer((socket) => socket.end("by path"));
    const where = await trace.listen(greet);
    const path = await trace.listen(other, { path: trace.path() });
    const client = trace.socket("client", net.connect(where));
    await client.until("close");
    client.call("connect", path);
    await client.until("close", 2);
  }),

  scenario("addresses follow the connection", async (net, trace) => {
    const first = net.createServer((socket) => socket.end());
    const second = net.createServer((socket) => socket.end());
    const one = await trace.listen(first, { port: 0, host: "127.0.0.1" });
    const two = await trace.listen(second, { port: 0, host: "127.0.0.2" });
    const client = trace.socket("client", net.connect(one));
    client.on("ready", () => {
      client.note("remote", client.target.remoteAddress);
    });
    await client.until("close");
    client.note("remote, closed", client.target.remoteAddress);
    client.call("connect", two);
    await client.until("close", 2);
  }),
];
