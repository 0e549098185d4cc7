/**
 * `vscode-jsonrpc`, over a port and over a named pipe.
 *
 * @module
 */
import assert from "node:assert/strict";

/**
 * @param {any} rpc
 * @param {any} transport
 * @param {() => any[]} connect
 */
async function converse(rpc, transport, connect) {
  const client = rpc.createMessageConnection(...connect());
  const server = rpc.createMessageConnection(...await transport.onConnected());
  server.onRequest("double", (/** @type {number} */ n) => 2 * n);
  server.onRequest("echo", (/** @type {string} */ text) => text);
  server.listen();
  client.listen();
  const doubles = await Promise.all(
    Array.from({ length: 300 }, (_, i) => client.sendRequest("double", i)),
  );
  doubles.forEach((double, i) => assert.equal(double, 2 * i));
  const large = "large ".repeat(300_000);
  assert.ok(await client.sendRequest("echo", large) === large);
  const closed = new Promise((resolve) => server.onClose(resolve));
  client.end();
  client.dispose();
  await closed;
  server.end();
  server.dispose();
}

/** @type {import("../all.mjs").Scenario} */
export const vscodeJsonrpc = {
  name: "vscode-jsonrpc",
  cases: {
    async "over a port"(bed) {
      const rpc = bed.load("vscode-jsonrpc/node");
      const transport = await rpc.createClientSocketTransport(0);
      const connect = () => rpc.createServerSocketTransport(transport.port());
      await converse(rpc, transport, connect);
    },
    async "over a named pipe"(bed) {
      const rpc = bed.load("vscode-jsonrpc/node");
      const pipe = rpc.generateRandomPipeName();
      const transport = await rpc.createClientPipeTransport(pipe);
      await converse(rpc, transport, () => rpc.createServerPipeTransport(pipe));
    },
  },
};
