/**
 * What the gRPC server of the scenario does. Run with a port and two files, it
 * serves it.
 *
 *     grpc_backend.mjs <port> <key> <cert>
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";

const identity = (/** @type {Buffer} */ bytes) => bytes;
const method = {
  ...{ requestSerialize: identity, requestDeserialize: identity },
  ...{ responseSerialize: identity, responseDeserialize: identity },
};

/** What can be called: bytes, without protocol buffers. */
export const definition = {
  echo: {
    ...{ ...method, path: "/test.Test/Echo" },
    ...{ requestStream: false, responseStream: false },
  },
  chat: {
    ...{ ...method, path: "/test.Test/Chat" },
    ...{ requestStream: true, responseStream: true },
  },
};

/** @param {any} grpc */
export function createBackend(grpc) {
  const backend = new grpc.Server();
  backend.addService(definition, {
    echo: (/** @type {any} */ call, /** @type {Function} */ done) =>
      done(null, call.request),
    chat: (/** @type {any} */ call) => {
      call.on("data", (/** @type {Buffer} */ data) => call.write(data));
      call.on("end", () => call.end());
    },
  });
  return backend;
}

/**
 * @param {any} grpc
 * @param {{ key: string; cert: string }} certificate
 */
export function credentialsOf(grpc, { key, cert }) {
  const pair = {
    private_key: Buffer.from(key),
    cert_chain: Buffer.from(cert),
  };
  return grpc.ServerCredentials.createSsl(null, [pair]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [port, key = "", cert = ""] = process.argv.slice(2);
  const grpc = createRequire(import.meta.url)("@grpc/grpc-js");
  const credentials = credentialsOf(grpc, {
    key: readFileSync(key, "utf8"),
    cert: readFileSync(cert, "utf8"),
  });
  createBackend(grpc).bindAsync(
    `127.0.0.1:${port}`,
    credentials,
    (/** @type {Error | null} */ error) => {
      if (error) throw error;
      console.log("ready to accept connections");
    },
  );
}
