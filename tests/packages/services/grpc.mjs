/**
 * A gRPC server on Node: that of the package does not do TLS on Deno.
 *
 * @module
 */
import { join } from "node:path";
import process from "node:process";
import { PROGRAMS } from "../install.mjs";

const BACKEND = join(PROGRAMS, "services", "grpc_backend.mjs");

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
