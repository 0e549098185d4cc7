/**
 * A server whose process has no descriptor left: it emits nothing, and accepts
 * again when there is one.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import * as net from "../../mod.ts";
import process from "node:process";
import { test } from "node:test";
import { closed } from "../helpers/net_helpers.ts";
import {
  knowsReusePort,
  noInheritedPath,
  runtimeName,
  sharesNoHandles,
} from "../helpers/runtime.ts";
import { startFixture } from "../helpers/spawn.ts";
import { noTable, secondsToProbe } from "../helpers/tcp_table.ts";
import { uniquePath } from "../helpers/temp_folder.ts";
import {
  noSecondTransport,
  skipPathOfNet,
  unix,
} from "../helpers/transports.ts";

/** Descriptors that the server may have; the runtime itself needs some. */
const LIMIT = 128;

const noLimit = process.platform === "win32" && "no limit can be set";

/** Ways to listen, and why one of them cannot be tested here, or `false`. */
const ways: Record<string, string | false> = {
  "port": false,
  "path": skipPathOfNet(unix),
  "readableAll": skipPathOfNet(unix),
  "reusePort": noSecondTransport || !knowsReusePort && "no reusePort here",
  "BoundSocket": noSecondTransport,
  "BoundSocket of a path": noSecondTransport || skipPathOfNet(unix),
  "fd": noSecondTransport || sharesNoHandles,
  "fd of a path": noSecondTransport || sharesNoHandles || noInheritedPath ||
    runtimeName === "deno" && "Deno's net accepts nobody afterwards",
};

for (const [way, skip] of Object.entries(ways)) {
  test(
    `Server: peers that use up the descriptors do not end it [${way}]`,
    { skip: noLimit || skip },
    () => exhaust(way),
  );
}

/** What comes back from the server, `null` if it closes. */
function answerOf(target: net.NetConnectOpts): Promise<string | null> {
  const late = net.connect(target).on("error", () => {});
  late.write("still there");
  return new Promise((resolve) => {
    late.on("close", () => resolve(null)).on("data", (data) => {
      resolve(String(data));
      late.destroy();
    });
  });
}

async function exhaust(way: string): Promise<void> {
  const path = uniquePath();
  const child = startFixture("server/echo_until_eof", {
    descriptors: LIMIT,
    args: [way, path],
    // Deno reads this file late, and warns that it has no descriptor for it.
    env: { NODE_EXTRA_CA_CERTS: "" },
  });
  let stdout = "";
  let stderr = "";
  child.stdout!.on("data", (text: string) => stdout += text);
  child.stderr!.on("data", (text: string) => stderr += text);
  while (!stdout.includes("\n")) await once(child.stdout!, "data");
  const printed = stdout;
  // The path of an inherited socket is not known.
  const address = JSON.parse(printed) as net.AddressInfo | string | null;
  const target = typeof address === "object" && address !== null
    ? { port: address.port, host: address.address }
    : { path };

  const crowd: net.Socket[] = [];
  for (let i = 0; i < LIMIT; i++) {
    const socket = net.connect(target);
    socket.on("error", () => {}); // Node closes the ones beyond the limit
    crowd.push(socket);
    await once(socket, "connect");
  }
  // Time for the server to find out, and to try again.
  await new Promise((resolve) => setTimeout(resolve, 300));
  await Promise.all(crowd.map((socket) => {
    const gone = socket.closed || closed(socket as never);
    socket.destroy();
    return gone;
  }));

  // Node goes on closing whom it accepts until it has seen the others go.
  let answer: string | null = null;
  for (let i = 0; answer === null && i < 1000; i++) {
    answer = await answerOf(target);
  }
  assert.equal(answer, "still there");

  const exit = once(child, "close");
  child.stdin!.end();
  assert.deepEqual(await exit, [0, null]);
  assert.equal(stdout, printed);
  assert.equal(stderr, "");
}

test("Socket.resetAndDestroy(): with no descriptor left, peers see a RST", {
  skip: noLimit,
}, async () => {
  const child = startFixture("server/reset_at_limit", { descriptors: LIMIT });
  let stdout = "";
  let stderr = "";
  child.stdout!.on("data", (text: string) => stdout += text);
  child.stderr!.on("data", (text: string) => stderr += text);
  while (!stdout.includes("\n")) await once(child.stdout!, "data");
  const port = Number(stdout);

  const outcomes: Promise<string>[] = [];
  const crowd: net.Socket[] = [];
  for (let i = 0; i < LIMIT; i++) {
    const socket = net.connect(port, "127.0.0.1").resume();
    crowd.push(socket);
    outcomes.push(
      new Promise((resolve) => {
        socket.on("end", () => resolve("end"));
        socket.on("error", (error: NodeJS.ErrnoException) => {
          resolve(error.code!);
        });
      }),
    );
    await once(socket, "connect");
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  child.stdin!.write("reset");
  // The first ones have a descriptor for sure.
  const first = await Promise.all(outcomes.slice(0, LIMIT / 4));
  const others = first.filter((outcome) => outcome !== "ECONNRESET");
  // Deno needs one descriptor more to reset the first of them.
  assert.ok(others.length <= (runtimeName === "deno" ? 1 : 0), String(others));

  for (const socket of crowd) socket.destroy();
  const exit = once(child, "close");
  child.stdin!.end();
  assert.deepEqual(await exit, [0, null]);
  assert.equal(stderr, "");
});

test(
  "Socket.setKeepAlive(): with no descriptor left, it counts once there is one",
  { skip: noLimit || noTable },
  async () => {
    const child = startFixture("server/keep_alive_at_limit", {
      descriptors: LIMIT,
    });
    let stdout = "";
    let stderr = "";
    child.stdout!.on("data", (text: string) => stdout += text);
    child.stderr!.on("data", (text: string) => stderr += text);
    while (!stdout.includes("\n")) await once(child.stdout!, "data");
    const sockets: net.Socket[] = [];
    for (let i = 0; i < 5; i++) {
      const socket = net.connect(Number(stdout), "127.0.0.1");
      sockets.push(socket);
      await once(socket, "data"); // it is accepted
    }
    child.stdin!.write("keep alive");
    // The ends in the other process.
    const delays = () =>
      sockets.map(({ localPort, remotePort }) =>
        secondsToProbe({ localPort: remotePort, remotePort: localPort })
      );
    const isSet = (delay: number | null) =>
      delay !== null && delay > 270 && delay <= 300;
    for (let i = 0; i < 100 && !delays().every(isSet); i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.deepEqual(delays().filter((delay) => !isSet(delay)), []);

    for (const socket of sockets) socket.destroy();
    const exit = once(child, "close");
    child.stdin!.end();
    assert.deepEqual(await exit, [0, null]);
    assert.equal(stderr, "");
  },
);
