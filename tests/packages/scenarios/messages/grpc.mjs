/**
 * `@grpc/grpc-js`: HTTP/2 over TLS, also with the connections of a server of
 * the contestant's.
 *
 * @module
 */
import assert from "node:assert/strict";
import * as tls from "node:tls";
import {
  createBackend,
  credentialsOf,
  definition,
} from "../../services/grpc_backend.mjs";

/**
 * @param {any} grpc
 * @param {import("../../bed.mjs").Bed} bed
 * @param {number} port
 */
async function visit(grpc, { cert }, port) {
  const Client = grpc.makeClientConstructor(definition, "Test");
  const client = new Client(
    `localhost:${port}`,
    grpc.credentials.createSsl(Buffer.from(cert)),
  );
  const large = Buffer.alloc(2 << 20, "message ");
  for (const message of [Buffer.from("hello"), large]) {
    const answer = await new Promise((resolve, reject) =>
      client.echo(
        message,
        (/** @type {Error} */ error, /** @type {Buffer} */ value) =>
          error ? reject(error) : resolve(value),
      )
    );
    assert.ok(message.equals(answer));
  }
  const chat = client.chat();
  for (let i = 0; i < 200; i++) chat.write(Buffer.from(`message ${i}`));
  chat.end();
  let count = 0;
  for await (const message of chat) {
    assert.equal(String(message), `message ${count++}`);
  }
  assert.equal(count, 200);
  client.close();
}

/**
 * Visit a server that is given the connections of a server of the contestant's.
 *
 * @typedef {(socket: import("node:net").Socket) => void} Listener
 *
 * @param {import("../../bed.mjs").Bed} bed
 * @param {(grpc: any) => unknown} createCredentials
 * @param {(inject: Listener) => Listener} createListener
 */
async function serve(bed, createCredentials, createListener) {
  const grpc = bed.load("@grpc/grpc-js");
  const backend = createBackend(grpc);
  const injector = backend.createConnectionInjector(createCredentials(grpc));
  const { server, port } = await bed.listen(
    createListener((socket) => injector.injectConnection(socket)),
  );
  await visit(grpc, bed, port);
  injector.destroy();
  backend.forceShutdown();
  server.close();
}

/** @type {import("../all.mjs").Scenario} */
export const grpc = {
  name: "@grpc/grpc-js",
  service: "grpc",
  cases: {
    async "calls and streams"(bed) {
      await visit(bed.load("@grpc/grpc-js"), bed, bed.port);
    },
    "connections injected into its server": (bed) =>
      serve(bed, (grpc) => credentialsOf(grpc, bed), (inject) => inject),
    // On Deno its server does no TLS (2.9.5), but it takes what is upgraded.
    "upgraded connections injected into its server": (bed) =>
      serve(
        bed,
        (grpc) => grpc.ServerCredentials.createInsecure(),
        (inject) => {
          const { key, cert } = bed;
          const options = { key, cert, ALPNProtocols: ["h2"] };
          const secure = tls.createServer(options, inject);
          return (socket) => secure.emit("connection", socket);
        },
      ),
  },
};
