/**
 * A gRPC server on Node: that of the package does not do TLS on Deno.
 *
 * @module
 */
import process from "node:process";
import { fileURLToPath } from "node:url";

const BACKEND = fileURLToPath(new URL("grpc_backend.mjs", import.meta.url));

/** @type {import("./service.mjs").Service} */
export const grpc = {
  title: "the gRPC server",
  program: process.execPath,
  folders: [],
  hint: "run this with Node",
  ready: /ready to accept connections/,
  command: ({ port, key, cert }) =>
    Promise.resolve([process.execPath, BACKEND, String(port), key, cert]),
};
