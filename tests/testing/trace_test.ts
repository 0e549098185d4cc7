/**
 * What a network writes down: the same for the same seed, here and anywhere.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as echarts from "echarts";
import { createNetwork, type Network, renderText } from "../../testing/mod.ts";
import { playExample, readRecording } from "./example.ts";

test("trace: the same on every runtime, as recorded", async () => {
  const network = await playExample();
  assert.deepEqual(network.trace.entries, JSON.parse(readRecording()));
  assert.deepEqual(network.open(), []);
});

test("trace: another seed, another run", async () => {
  const play = async (seed: number) => {
    const network = createNetwork({ seed });
    const [app, db] = [network.host("app"), network.host("db")];
    network.link(app, db).set({ jitter: 10 });
    db.net.createServer((socket) => socket.end("hello")).listen(1);
    app.net.connect(1, "db").resume();
    await network.advance(100);
    return JSON.stringify(network.trace);
  };
  assert.equal(await play(1), await play(1));
  assert.notEqual(await play(1), (await play(2)).replace(":2,", ":1,"));
});

async function hello(): Promise<Network> {
  const network = createNetwork({ seed: 3 });
  const [app, db] = [network.host("app"), network.host("db")];
  db.net.createServer((socket) => {
    socket.on("error", () => {});
    socket.end("hello\n");
  }).listen(1);
  app.net.connect(1, "db").resume();
  await network.advance(100);
  network.partition(app, db);
  const client = app.net.connect(1, "db");
  await network.advance(100);
  client.destroy();
  return network;
}

test("trace: as text, a column for each host", async () => {
  const network = await hello();
  assert.equal(
    String(network.trace),
    `seed 3
              db                                      app
       0.000  * listen 1
       0.000  1 <------------ SYN ------------- 49152
       1.000  1 ----------- SYN-ACK ----------> 49152
       3.000  1 ------- DATA 6 "hello." ------> 49152
       3.000  1 ------------- FIN ------------> 49152
       4.000  1 <------------ FIN ------------- 49152
     100.000                                          * partition app - db
     100.000  1 x------------ SYN ------------- 49153`,
  );
  const some = network.trace.entries.filter(({ what }) => what === "FIN");
  assert.equal(renderText(some).split("\n").length, 3);
});

test("trace: as an SVG, by a library", async () => {
  const network = await hello();
  const svg = network.trace.toSVG(echarts);
  assert.match(svg, /^<svg /);
  for (const word of ["db", "app", "SYN-ACK", "listen 1", "SYN (lost)"]) {
    assert.ok(svg.includes(`>${word}<`), `${word} is not in the picture`);
  }
});
