/** A custom `lookup`: how it is called, what it may answer, how it fails. */
import { type Scenario, scenario } from "../../scenario.ts";
import type { Log, Net, Trace } from "../../trace.ts";
import type { LookupFunction, Socket, TcpNetConnectOpts } from "node:net";

type Answer = (...args: unknown[]) => void;
/** A looser type, so that a scenario may give invalid answers. */
type Resolver = (host: string, options: object, answer: Answer) => void;

/**
 * Connects with a lookup function whose calls are logged, whatever it answers.
 */
function connect(
  net: Net,
  trace: Trace,
  options: Omit<TcpNetConnectOpts, "lookup">,
  resolve: Resolver,
): Log<Socket> {
  const client = trace.socket("client", new net.Socket());
  const lookup: Resolver = (host, asked, answer) => {
    client.note("lookup called", host, asked);
    resolve(host, asked, answer);
  };
  client.run("connect()", () =>
    client.target.connect({
      ...options,
      lookup: lookup as unknown as LookupFunction,
    }));
  return client;
}

/** A server that is reached by a name only the lookup function knows. */
async function named(
  net: Net,
  trace: Trace,
): Promise<{ port: number; host: string }> {
  const where = await trace.listen(net.createServer());
  if (!("port" in where)) throw new Error("not a TCP address");
  return { port: where.port, host: "some.name.test" };
}

/**
 * Like {@linkcode connect}, until the connection is established and closed
 * again.
 */
function succeeds(
  name: string,
  options: Partial<TcpNetConnectOpts>,
  resolve: Resolver,
): Scenario {
  return scenario(name, async (net, trace) => {
    const where = await named(net, trace);
    const client = connect(net, trace, { ...where, ...options }, resolve);
    await client.until("ready");
    client.call("destroy");
    await client.until("close");
  });
}

/** Like {@linkcode connect}, until the socket is closed by an error. */
function fails(
  name: string,
  options: Partial<TcpNetConnectOpts>,
  resolve: Resolver,
): Scenario {
  return scenario(name, async (net, trace) => {
    const where = await named(net, trace);
    const client = connect(net, trace, { ...where, ...options }, resolve);
    await client.until("close");
  });
}

const single = { autoSelectFamily: false };
const notFound = (host: string): Error =>
  Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), {
    code: "ENOTFOUND",
    syscall: "getaddrinfo",
    hostname: host,
  });

export const scenarios: Scenario[] = [
  succeeds(
    "an address and a family",
    single,
    (_host, _options, answer) => answer(null, "127.0.0.1", 4),
  ),
  succeeds(
    "an answer in a later turn",
    single,
    (_host, _options, answer) =>
      setImmediate(() => answer(null, "127.0.0.1", 4)),
  ),
  fails(
    "a family as text",
    single,
    (_host, _options, answer) => answer(null, "127.0.0.1", "IPv4"),
  ),
  succeeds(
    "all addresses, as asked",
    {},
    (_host, _options, answer) =>
      answer(null, [{ address: "127.0.0.1", family: 4 }]),
  ),
  fails(
    "a single address although all were asked",
    {},
    (_host, _options, answer) => answer(null, "127.0.0.1", 4),
  ),
  succeeds(
    "the options family and hints are passed on",
    {
      family: 4,
      hints: 0,
    },
    (_host, options, answer) =>
      "all" in options && options.all
        ? answer(null, [{ address: "127.0.0.1", family: 4 }])
        : answer(null, "127.0.0.1", 4),
  ),
  succeeds(
    "family 4 leaves nothing to choose",
    { family: 4 },
    (_host, options, answer) =>
      "all" in options && options.all
        ? answer(null, [{ address: "127.0.0.1", family: 4 }])
        : answer(null, "127.0.0.1", 4),
  ),

  fails("an error", single, (host, _options, answer) => answer(notFound(host))),
  fails(
    "an error when all were asked",
    {},
    (host, _options, answer) => answer(notFound(host)),
  ),
  fails(
    "an error in a later turn",
    {},
    (host, _options, answer) => setImmediate(() => answer(notFound(host))),
  ),
  fails(
    "an address that is none",
    single,
    (_host, _options, answer) => answer(null, "nonsense", 4),
  ),
  fails(
    "no address at all",
    single,
    (_host, _options, answer) => answer(null, undefined, 4),
  ),
  fails(
    "a family that is none",
    single,
    (_host, _options, answer) => answer(null, "127.0.0.1", 5),
  ),
  fails(
    "a list with an address that is none",
    {},
    (_host, _options, answer) =>
      answer(null, [{ address: "nonsense", family: 4 }]),
  ),
  fails(
    "a list with a family that is none",
    {},
    (_host, _options, answer) =>
      answer(null, [{ address: "127.0.0.1", family: 5 }]),
  ),

  scenario("an IP address needs no lookup", async (net, trace) => {
    const where = await trace.listen(net.createServer());
    if (!("port" in where)) return;
    const client = connect(
      net,
      trace,
      where,
      (_host, _options, answer) => answer(new Error("never asked")),
    );
    await client.until("ready");
    client.call("destroy");
    await client.until("close");
  }),

  scenario("destroy() before the answer", async (net, trace) => {
    const where = await named(net, trace);
    let late: Answer = () => {};
    const client = connect(
      net,
      trace,
      { ...where, ...single },
      (_h, _o, answer) => {
        late = answer;
      },
    );
    client.call("destroy");
    await client.until("close");
    client.run("the answer", () => late(null, "127.0.0.1", 4));
  }),

  scenario("destroy() before the answer, all asked", async (net, trace) => {
    const where = await named(net, trace);
    let late: Answer = () => {};
    const client = connect(net, trace, where, (_h, _o, answer) => {
      late = answer;
    });
    client.call("destroy");
    await client.until("close");
    client.run(
      "the answer",
      () => late(null, [{ address: "127.0.0.1", family: 4 }]),
    );
  }),

  scenario("destroy() before an error", async (net, trace) => {
    const where = await named(net, trace);
    let late: Answer = () => {};
    const client = connect(
      net,
      trace,
      { ...where, ...single },
      (_h, _o, answer) => {
        late = answer;
      },
    );
    client.call("destroy");
    await client.until("close");
    client.run("the answer", () => late(notFound("some.name.test")));
  }),

  scenario("destroy() in the 'lookup' handler", async (net, trace) => {
    const where = await named(net, trace);
    const client = connect(
      net,
      trace,
      { ...where, ...single },
      (_h, _o, answer) => setImmediate(() => answer(null, "127.0.0.1", 4)),
    );
    client.on("lookup", () => client.call("destroy"));
    await client.until("close");
  }),

  scenario("write() and end() before the answer", async (net, trace) => {
    const where = await named(net, trace);
    let late: Answer = () => {};
    const client = connect(
      net,
      trace,
      { ...where, ...single },
      (_h, _o, answer) => {
        late = answer;
      },
    );
    client.call("write", "one ", client.callback("write"));
    client.call("end", "two", client.callback("end"));
    late(null, "127.0.0.1", 4);
    await client.until("finish");
    client.call("destroy");
    await client.until("close");
  }),

  scenario(
    "a refused address after lookup names the address",
    async (net, trace) => {
      const { port } = await trace.refusing();
      const client = connect(
        net,
        trace,
        { port, host: "some.name.test", ...single },
        (_host, _options, answer) => answer(null, "127.0.0.2", 4),
      );
      await client.until("close");
    },
  ),
];
