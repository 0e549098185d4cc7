/**
 * Address-family selection: attempts, failures, and the error if all of them
 * fail.
 */
import { type Scenario, scenario } from "../../scenario.ts";
import type { Log, Net, Trace } from "../../trace.ts";
import type { LookupFunction, Socket, TcpNetConnectOpts } from "node:net";

type Address = { address: string; family: number };

const v4 = (address: string): Address => ({ address, family: 4 });
const v6 = (address: string): Address => ({ address, family: 6 });

/** Connects to a name that has these addresses. */
function connect(
  net: Net,
  trace: Trace,
  port: number,
  addresses: Address[],
  options: Partial<TcpNetConnectOpts> = {},
): Log<Socket> {
  const lookup: LookupFunction = (_host, _options, answer) => {
    setImmediate(() => answer(null, addresses));
  };
  const { blockList } = options;
  const client = trace.socket("client", new net.Socket({ blockList }));
  client.run("connect()", () =>
    client.target.connect({
      port,
      host: "some.name.test",
      lookup,
      autoSelectFamily: true,
      // Far longer than an attempt on this machine takes.
      autoSelectFamilyAttemptTimeout: 4000,
      ...options,
    }));
  return client;
}

/** The port of a server at 127.0.0.1. Nobody listens at 127.0.0.2 or ::1. */
async function port(net: Net, trace: Trace): Promise<number> {
  const where = await trace.listen(net.createServer());
  if (!("port" in where)) throw new Error("not a TCP address");
  return where.port;
}

/** The attempted addresses, ports masked. */
function attempted(client: Log<Socket>): void {
  client.note(
    "attempted",
    client.target.autoSelectFamilyAttemptedAddresses,
  );
}

/** Play until connected, then close. */
function succeeds(name: string, addresses: Address[]): Scenario {
  return scenario(name, async (net, trace) => {
    const client = connect(net, trace, await port(net, trace), addresses);
    await client.until("ready");
    attempted(client);
    client.note("remote", client.target.remoteAddress);
    client.call("destroy");
    await client.until("close");
  });
}

/** Play until all addresses have failed. */
function fails(
  name: string,
  addresses: Address[],
  options: Partial<TcpNetConnectOpts> = {},
): Scenario {
  return scenario(name, async (net, trace) => {
    const client = connect(
      net,
      trace,
      await port(net, trace),
      addresses,
      options,
    );
    await client.until("close");
    attempted(client);
  });
}

export const scenarios: Scenario[] = [
  succeeds("the first of two connects", [v4("127.0.0.1"), v6("::1")]),
  succeeds("the second of two connects", [v6("::1"), v4("127.0.0.1")]),
  succeeds("the third of three connects", [
    v6("::1"),
    v4("127.0.0.2"),
    v4("127.0.0.1"),
  ]),
  succeeds("families take turns", [
    v4("127.0.0.2"),
    v4("127.0.0.3"),
    v6("::1"),
    v4("127.0.0.1"),
  ]),
  succeeds("a single address in the list", [v4("127.0.0.1")]),
  fails("both refused", [v6("::1"), v4("127.0.0.2")]),
  fails("three of one family refused", [
    v4("127.0.0.2"),
    v4("127.0.0.3"),
    v4("127.0.0.4"),
  ]),
  fails("a single address refused", [v4("127.0.0.2")]),
  fails("a list without a valid address", [v4("x"), v6("y")]),

  scenario("an invalid address among valid ones", async (net, trace) => {
    const client = connect(net, trace, await port(net, trace), [
      v4("nonsense"),
      v4("127.0.0.1"),
    ]);
    await client.until("ready");
    attempted(client);
    client.call("destroy");
    await client.until("close");
  }),

  scenario("autoSelectFamily off takes one", async (net, trace) => {
    const lookup =
      ((_host: string, asked: object, answer: (...args: unknown[]) => void) => {
        client.note("lookup called", asked);
        answer(null, "127.0.0.2", 4);
      }) as unknown as LookupFunction;
    const client: Log<Socket> = trace.socket("client", new net.Socket());
    client.target.connect({
      port: await port(net, trace),
      host: "some.name.test",
      lookup,
      autoSelectFamily: false,
    });
    await client.until("close");
    attempted(client);
  }),

  scenario("destroy() between two attempts", async (net, trace) => {
    const client = connect(net, trace, await port(net, trace), [
      v6("::1"),
      v4("127.0.0.1"),
    ]);
    client.on("connectionAttemptFailed", () => client.call("destroy"));
    await client.until("close");
    attempted(client);
  }),

  scenario(
    "write() before the second attempt",
    async (net, trace) => {
      const server = net.createServer();
      const where = await trace.listen(server);
      if (!("port" in where)) return;
      const closed = new Promise<void>((resolve) => {
        server.on("connection", (socket) => {
          resolve(trace.socket("peer", socket).until("close"));
        });
      });
      const client = connect(net, trace, where.port, [
        v6("::1"),
        v4("127.0.0.1"),
      ]);
      client.call("write", "one ", client.callback("write"));
      await client.until("callback write");
      client.call("end", "two", client.callback("end"));
      await Promise.all([client.until("close"), closed]);
    },
  ),

  scenario("writes waiting when all fail", async (net, trace) => {
    const client = connect(net, trace, await port(net, trace), [
      v6("::1"),
      v4("127.0.0.2"),
    ]);
    client.call("write", "one", client.callback("one"));
    client.call("write", "two", client.callback("two"));
    await Promise.all([client.until("close"), client.until("callback two")]);
  }),

  scenario("a block list skips an address", async (net, trace) => {
    const blockList = new net.BlockList();
    blockList.addAddress("127.0.0.2");
    const client = connect(net, trace, await port(net, trace), [
      v4("127.0.0.2"),
      v4("127.0.0.1"),
    ], { blockList });
    await client.until("ready");
    attempted(client);
    client.call("destroy");
    await client.until("close");
  }),

  scenario("a block list forbids them all", async (net, trace) => {
    const blockList = new net.BlockList();
    blockList.addSubnet("127.0.0.0", 8);
    const client = connect(net, trace, await port(net, trace), [
      v4("127.0.0.2"),
      v4("127.0.0.1"),
    ], { blockList });
    await client.until("close");
    attempted(client);
  }),

  scenario("a reconnect attempts anew", async (net, trace) => {
    const open = await port(net, trace);
    const client = connect(net, trace, open, [v6("::1"), v4("127.0.0.2")]);
    await client.until("close");
    attempted(client);
    const lookup: LookupFunction = (_host, _options, answer) =>
      answer(null, [v6("::1"), v4("127.0.0.1")]);
    client.target.connect({ port: open, host: "some.name.test", lookup });
    await client.until("ready");
    attempted(client);
    client.call("destroy");
    await client.until("close", 2);
  }),
];
