/**
 * Paths that change under a server: what a client finds there, and what is
 * left of it when the server is closed. The expectations are Node's.
 *
 * @module
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as net from "../../mod.ts";
import { event, turn } from "../helpers/net_helpers.ts";
import { noFiles as skip } from "../helpers/runtime.ts";
import { tempFolder, uniquePath } from "../helpers/temp_folder.ts";

/** A server that says its name; or the code of its error. */
async function listen(path: string, name = "first"): Promise<net.Server> {
  const server = net.createServer((peer) => {
    peer.on("error", () => {}).end(name);
  });
  server.listen(path);
  await event(server, "listening");
  return server;
}

/** Who answers there, or the code of the error. */
async function answerAt(path: string): Promise<string> {
  let answer = "";
  const client = net.connect(path);
  client.on("data", (chunk) => answer += chunk);
  client.on("error", (error: NodeJS.ErrnoException) => answer = error.code!);
  await event(client, "close");
  return answer;
}

async function close(server: net.Server): Promise<void> {
  server.close();
  await event(server, "close");
  await turn();
}

/** What is at a path. */
function kindOf(path: string): string {
  const found = fs.lstatSync(path, { throwIfNoEntry: false });
  if (!found) return "nothing";
  if (found.isSocket()) return "socket";
  if (found.isDirectory()) return "folder";
  return found.isSymbolicLink() ? "link" : "file";
}

const occupants: Record<string, (path: string) => void> = {
  file: (path) => fs.writeFileSync(path, "precious"),
  folder: (path) => fs.mkdirSync(path),
  link: (path) => fs.symlinkSync(`${path}-nowhere`, path),
};

for (const [kind, occupy] of Object.entries(occupants)) {
  test(`Server.listen(): a ${kind} at its path is EADDRINUSE and stays`, {
    skip,
  }, async () => {
    const path = uniquePath();
    occupy(path);
    const server = net.createServer().listen(path);
    const [error] = await event(server, "error");
    assert.equal((error as NodeJS.ErrnoException).code, "EADDRINUSE");
    assert.equal(kindOf(path), kind);
    assert.equal(kindOf(`${path}-nowhere`), "nothing");
  });
}

test("Server: its socket file is removed, connections go on", {
  skip,
}, async () => {
  const path = uniquePath();
  const server = net.createServer((peer) => peer.pipe(peer)).listen(path);
  await event(server, "listening");
  const client = net.connect(path);
  await event(client, "connect");
  fs.unlinkSync(path);
  client.write("still there");
  assert.equal(String((await event(client, "data"))[0]), "still there");
  assert.equal(await answerAt(path), "ENOENT");
  client.end();
  await close(server);
});

test("Server: a file or a folder takes its path", { skip }, async () => {
  for (const [kind, left] of [["file", "nothing"], ["folder", "folder"]]) {
    const path = uniquePath();
    const server = await listen(path);
    fs.unlinkSync(path);
    occupants[kind!]!(path);
    // macOS reports that it is no socket.
    assert.match(await answerAt(path), /^(ECONNREFUSED|ENOTSOCK)$/);
    await close(server);
    // As unlink(2) does it: a server removes what has its path.
    assert.equal(kindOf(path), left);
  }
});

test(
  "Server: another server takes its path, and has it until the first closes",
  {
    skip,
  },
  async () => {
    const path = uniquePath();
    const server = await listen(path);
    fs.unlinkSync(path);
    const other = await listen(path, "second");
    assert.equal(await answerAt(path), "second");
    // As unlink(2) does it: the first one removes what has its path.
    await close(server);
    assert.equal(kindOf(path), "nothing");
    assert.equal(await answerAt(path), "ENOENT");
    // A third one may have it then, until the second one is closed.
    const third = await listen(path, "third");
    assert.equal(await answerAt(path), "third");
    await close(other);
    assert.equal(kindOf(path), "nothing");
    await close(third);
  },
);

test("Server: its folder is renamed, removed, and replaced", {
  skip,
}, async () => {
  const folder = join(tempFolder, "moving");
  fs.mkdirSync(folder);
  const server = await listen(join(folder, "s"));
  fs.renameSync(folder, `${folder}2`);
  assert.equal(await answerAt(join(folder, "s")), "ENOENT");
  assert.equal(await answerAt(join(`${folder}2`, "s")), "first");
  fs.mkdirSync(folder);
  const other = await listen(join(folder, "s"), "second");
  assert.equal(await answerAt(join(folder, "s")), "second");
  await close(other);
  fs.rmSync(folder, { recursive: true });
  await close(server);
  assert.equal(kindOf(join(`${folder}2`, "s")), "socket");
});

test("Server: a link to its path leads to it, and stays", {
  skip,
}, async () => {
  const path = uniquePath();
  const link = `${path}-link`;
  const [server, other] = [await listen(path), await listen(`${path}2`, "2")];
  fs.symlinkSync(path, link);
  assert.equal(await answerAt(link), "first");
  fs.unlinkSync(link);
  fs.symlinkSync(`${path}2`, link);
  assert.equal(await answerAt(link), "2");
  await close(server);
  await close(other);
  assert.equal(await answerAt(link), "ENOENT");
  assert.equal(kindOf(link), "link");
});
