/**
 * What the package publishes on diagnostics channels.
 *
 * @module
 */
import assert from "node:assert/strict";
import { channel, tracingChannel } from "node:diagnostics_channel";
import { test } from "node:test";
import net from "../../mod.ts";
import { event } from "../helpers/net_helpers.ts";
import { forEachTransport } from "../helpers/transports.ts";

/**
 * Collects what is published on a channel while `run` runs. A backend over
 * `node:net` has a socket or server of that module below ours, which publishes,
 * too.
 */
async function published(
  name: string,
  run: () => Promise<void>,
): Promise<Record<string, unknown>[]> {
  const messages: Record<string, unknown>[] = [];
  const collect = (message: unknown) =>
    void messages.push(message as Record<string, unknown>);
  const source = channel(name);
  source.subscribe(collect);
  await run();
  source.unsubscribe(collect);
  return messages;
}

forEachTransport(
  "net.client.socket: publishes each socket that connects",
  async (bed) => {
    const server = await bed.listen();
    let client: net.Socket | undefined;
    const messages = await published("net.client.socket", async () => {
      client = bed.connect(server);
      await event(client, "connect");
    });
    assert.equal(messages.filter(({ socket }) => socket === client).length, 1);
  },
);

forEachTransport(
  "net.server.socket: publishes each accepted socket, after 'connection'",
  async (bed) => {
    const server = await bed.listen();
    const order: unknown[] = [];
    server.on("connection", (peer) => order.push(peer));
    const messages = await published("net.server.socket", async () => {
      const client = bed.connect(server);
      await event(client, "connect");
      while (order.length === 0) await new Promise((go) => setImmediate(go));
    });
    const [peer] = order;
    assert.equal(messages.filter(({ socket }) => socket === peer).length, 1);
  },
);

forEachTransport(
  "net.server.listen: start and end of a listen",
  async (bed) => {
    const server = bed.createServer();
    const options = bed.transport.listenOptions();
    const events: [name: string, message: object][] = [];
    const listening = tracingChannel("net.server.listen");
    const collect = (name: string) => (message: object) => {
      const isOurs = (message as { server: unknown }).server === server;
      if (isOurs) events.push([name, message]);
    };
    const subscribers = {
      asyncStart: collect("asyncStart"),
      asyncEnd: collect("asyncEnd"),
      error: collect("error"),
      start: collect("start"),
      end: collect("end"),
    };
    listening.subscribe(subscribers);
    server.listen(options);
    await event(server, "listening");
    listening.unsubscribe(subscribers);
    assert.deepEqual(events.map(([name]) => name), ["asyncStart", "asyncEnd"]);
    assert.equal((events[0]![1] as { options: object }).options, options);
  },
);

test("net.server.listen: the error of a listen that fails", async () => {
  const taken = net.createServer().listen(0);
  await event(taken, "listening");
  const { port } = taken.address() as net.AddressInfo;
  const server = net.createServer();
  let failure: unknown;
  const messages = await published(
    "tracing:net.server.listen:error",
    async () => {
      server.listen(port);
      [failure] = await event(server, "error");
    },
  );
  taken.close();
  const ours = messages.filter((message) => message.server === server);
  assert.equal(ours.length, 1);
  assert.equal(ours[0]!.error, failure);
});
