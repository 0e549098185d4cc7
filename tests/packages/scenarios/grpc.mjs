/**
 * `@grpc/grpc-js`: HTTP/2 over TLS, the server's connections injected.
 *
 * @module
 */
import assert from "node:assert/strict";

const identity = (/** @type {Buffer} */ bytes) => bytes;
const method = {
  ...{ requestSerialize: identity, requestDeserialize: identity },
  ...{ responseSerialize: identity, responseDeserialize: identity },
};
const service = {
  echo: {
    ...{ ...method, path: "/test.Test/Echo" },
    ...{ requestStream: false, responseStream: false },
  },
  chat: {
    ...{ ...method, path: "/test.Test/Chat" },
    ...{ requestStream: true, responseStream: true },
  },
};

/** @type {import("./all.mjs").Scenario} */
export const grpc = {
  name: "@grpc/grpc-js",
  way: "drop-in",
  cases: {
    async "calls and streams"(bed) {
      const grpc = bed.load("@grpc/grpc-js");
      const backend = new grpc.Server();
      backend.addService(service, {
        echo: (/** @type {any} */ call, /** @type {Function} */ done) =>
          done(null, call.request),
        chat: (/** @type {any} */ call) => {
          call.on("data", (/** @type {Buffer} */ data) => call.write(data));
          call.on("end", () => call.end());
        },
      });
      const pair = {
        private_key: Buffer.from(bed.key),
        cert_chain: Buffer.from(bed.cert),
      };
      const injector = backend.createConnectionInjector(
        grpc.ServerCredentials.createSsl(null, [pair]),
      );
      const { server, port } = await bed.listen((socket) => {
        injector.injectConnection(socket);
      });
      const Client = grpc.makeClientConstructor(service, "Test");
      const client = new Client(
        `${bed.host}:${port}`,
        grpc.credentials.createSsl(Buffer.from(bed.cert)),
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
      injector.destroy();
      backend.forceShutdown();
      server.close();
    },
  },
};
