/**
 * `@grpc/grpc-js`: HTTP/2 over TLS, also with the connections of a server of
 * the contestant's.
 *
 * @module
 */
import assert from "node:assert/strict";
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

/** @type {import("../all.mjs").Scenario} */
export const grpc = {
  name: "@grpc/grpc-js",
  service: "grpc",
  cases: {
    async "calls and streams"(bed) {
      await visit(bed.load("@grpc/grpc-js"), bed, bed.port);
    },
    async "connections injected into its server"(bed) {
      const grpc = bed.load("@grpc/grpc-js");
      const backend = createBackend(grpc);
      const injector = backend.createConnectionInjector(
        credentialsOf(grpc, bed),
      );
      const { server, port } = await bed.listen((socket) => {
        injector.injectConnection(socket);
      });
      await visit(grpc, bed, port);
      injector.destroy();
      backend.forceShutdown();
      server.close();
    },
  },
};
