/**
 * Connections and what happens to them: the events of one that must fail, the
 * events of one that the other side closes, and how many a server has.
 *
 * @module
 */
import assert from "node:assert/strict";
import * as net from "../../mod.ts";
import { type Bed, closed, event, turn } from "./net_helpers.ts";

/** The events of a connect. */
export const eventNames: readonly string[] = [
  "connectionAttempt",
  "connectionAttemptFailed",
  "connect",
  "ready",
  "end",
  "error",
  "close",
];

/** The events of a connect that must fail, and its error. */
export async function failure(
  bed: Bed,
  options: net.NetConnectOpts,
): Promise<{ error: NodeJS.ErrnoException; events: unknown[][] }> {
  const socket = bed.track(new net.Socket());
  const events: unknown[][] = [];
  for (const name of eventNames) {
    socket.on(name, (...args: unknown[]) => events.push([name, ...args]));
  }
  socket.on("error", () => {
    assert.equal(socket.connecting, false);
    assert.equal(socket.destroyed, true);
    assert.equal(socket.readyState, "closed");
    assert.equal(socket.pending, true);
  });
  socket.connect(options);
  assert.deepEqual(events.filter(([name]) => name === "error"), []);
  assert.equal(await closed(socket), true);
  await turn();
  const [, error] = events.find(([name]) => name === "error") as [
    string,
    NodeJS.ErrnoException,
  ];
  return { error, events };
}

/**
 * A port where nobody listens in either family, now or later: it is below the
 * ports that the system gives out, to other tests as well.
 */
export async function freePort(bed: Bed): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const server = bed.createServer();
    const taken = event(server, "error").then(() => true);
    server.listen(port);
    const listening = event(server, "listening").then(() => false);
    if (await Promise.race([taken, listening])) continue;
    await new Promise((resolve) => server.close(resolve));
    await turn(); // the system may need it to give the port to a client
    return port;
  }
}

/** The events of a client until the other side closed it. */
export async function fateOf(client: net.Socket): Promise<string[]> {
  const events: string[] = [];
  for (const name of ["connect", "data", "error", "end"]) {
    client.on(name, () => events.push(name));
  }
  await closed(client);
  return events;
}

/** How many connections `server` counts. */
export function connectionsOf(server: net.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, connections) =>
      error ? reject(error) : resolve(connections)
    );
  });
}
