/**
 * The servers of the demo, one for each scenario.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as net from "../mod.ts";
import { blocks, TRANSFER } from "./data.ts";

/** Sends a greeting, then everything back: the example of Node's page. */
function echo(): net.Server {
  return net.createServer((socket) => {
    socket.write("hello\r\n");
    socket.pipe(socket);
  });
}

/** Answers only when the whole request and the FIN after it have arrived. */
function halfClose(): net.Server {
  return net.createServer({ allowHalfOpen: true }, (socket) => {
    let request = "";
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => request += text);
    socket.on("end", () => {
      setImmediate(() => socket.end(`${socket.readyState} ${request}`));
    });
  });
}

/** Reads and writes at once, then sends the hash of what it has read. */
function transfer(): net.Server {
  return net.createServer({ allowHalfOpen: true }, async (socket) => {
    const hash = createHash("sha256");
    socket.on("data", (bytes: Uint8Array) => hash.update(bytes));
    const read = new Promise((resolve) => socket.once("end", resolve));
    const source = Readable.from(blocks(1, TRANSFER), { objectMode: false });
    await pipeline(source, socket, { end: false });
    await read;
    socket.end(hash.digest());
  });
}

/**
 * Resets a connection, or sends the code of the error that a reset by the
 * client caused.
 */
function reset(): net.Server {
  let code: Promise<string> = Promise.resolve("none");
  return net.createServer((socket) => {
    socket.once("data", async (order: Uint8Array) => {
      switch (String(order)) {
        case "reset me":
          return socket.resetAndDestroy();
        case "report":
          return socket.end(await code);
        default:
          code = new Promise((resolve) => {
            socket.once("error", (error: NodeJS.ErrnoException) => {
              resolve(String(error.code));
            });
            socket.once("close", () => resolve("none"));
          });
          socket.write("ready");
      }
    });
  });
}

/**
 * Accepts one connection, and sends it a line about every other that is
 * dropped.
 */
function drop(): net.Server {
  let first: net.Socket;
  const server = net.createServer((socket) => {
    first = socket;
    socket.resume();
    socket.write("welcome\n");
  });
  server.maxConnections = 1;
  server.on("drop", (data) => {
    first.write(`${JSON.stringify({ data: data ?? null })}\n`);
  });
  return server;
}

/** By the name of the scenario. */
export const services: {
  readonly [
    name in "echo" | "halfClose" | "transfer" | "drop" | "reset"
  ]: () => net.Server;
} = { echo, halfClose, transfer, drop, reset };
