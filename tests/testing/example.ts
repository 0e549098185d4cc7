/**
 * A tour of a simulated network, whose trace is committed: it is the same on
 * every runtime.
 *
 *     deno run --allow-net --allow-write tests/testing/example.ts
 *
 * records it again.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createNetwork, type Network } from "../../testing/mod.ts";

/** The recorded trace, for the compiled test as well as for the source. */
export function recordingFile(): string {
  const here = new URL("./example_trace.json", import.meta.url);
  return fileURLToPath(
    existsSync(here) || !here.pathname.includes("/dist/")
      ? here
      : new URL("../../../tests/testing/example_trace.json", import.meta.url),
  );
}

/** What was recorded. */
export function readRecording(): string {
  return readFileSync(recordingFile(), "utf8");
}

/** The example of the guide, and one of everything else. */
export async function playExample(): Promise<Network> {
  const network = createNetwork({ seed: 42 });
  const db = network.host("db"), app = network.host("app");
  const server = db.net.createServer((socket) => {
    socket.on("error", () => {});
    socket.pipe(socket);
  }).listen(5432);
  const client = app.net.connect(5432, "db");
  client.on("error", () => {});

  network.link(app, db).set({
    latency: 20,
    jitter: 5,
    bandwidth: 1_000_000,
    fragment: [1, 1400],
    window: 65_536,
  });
  client.resume().write(Buffer.alloc(20_000, "request "));
  await network.advance(200);
  network.partition(app, db);
  await network.advance(2000);
  network.heal(app, db);
  await network.advance(10_000);
  network.link(app, db).reset();
  await network.advance(1000);

  network.link(app, db).on("connect", (attempt) => {
    if (attempt.number === 2) attempt.refuse();
    if (attempt.number === 3) attempt.delay(100);
  });
  const refused = app.net.connect(5432, "db");
  refused.on("error", () => {});
  await network.advance(1000);

  const cut = app.net.connect(5432, "db").resume();
  cut.on("error", () => {});
  cut.fault.afterBytes(1024).reset();
  cut.write(Buffer.alloc(3000, "more "));
  await network.advance(1000);

  network.link(app, db).set({ loss: 0.1 });
  const ended = app.net.connect({ port: 5432, host: "db", keepAlive: true });
  ended.on("error", () => {});
  ended.resume().end(Buffer.alloc(5000, "last "));
  await network.advance(60_000);

  const alive = app.net.connect(5432, "db").resume();
  alive.on("error", () => {});
  alive.setKeepAlive(true, 10_000, 1000, 5);
  await network.advance(1000);
  db.crash();
  await network.advance(60_000);
  db.restart();
  const again = app.net.connect(5432, "db");
  again.end("are you back?").resume();
  await network.advance(60_000);
  server.close();
  return network;
}

if (import.meta.main) {
  writeFileSync(
    recordingFile(),
    JSON.stringify((await playExample()).trace.entries, null, 2),
  );
}
