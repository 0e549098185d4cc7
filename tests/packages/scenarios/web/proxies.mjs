/**
 * Clients and servers of proxies.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import * as https from "node:https";

/** @param {import("../../bed.mjs").Bed} bed */
async function createWeb({ key, cert, host }) {
  const web = https.createServer({ key, cert }, (request, response) => {
    request.pipe(response);
  });
  web.listen(0, host);
  await once(web, "listening");
  const address = /** @type {import("node:net").AddressInfo} */ (web.address());
  return { web, port: address.port };
}

/**
 * Have a body sent back.
 *
 * @param {https.RequestOptions} options
 */
async function echo(options) {
  const body = Buffer.alloc(2 << 20, "body ");
  const request = https.request({
    ...{ ...options, method: "POST", headers: { connection: "close" } },
  });
  request.end(body);
  const [response] = await once(request, "response");
  /** @type {Buffer[]} */
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  assert.ok(body.equals(Buffer.concat(chunks)));
}

/**
 * A proxy of SOCKS version 5, without a password.
 *
 * @param {import("../../bed.mjs").Bed} bed
 */
function createSocksProxy(bed) {
  return bed.listen(async (client) => {
    client.on("error", () => {});
    await once(client, "readable");
    client.read();
    client.write(Uint8Array.of(5, 0));
    await once(client, "readable");
    const request = client.read();
    const length = request[4];
    const [host, port] = request[3] === 1
      ? [request.subarray(4, 8).join("."), request.readUInt16BE(8)]
      : [
        String(request.subarray(5, 5 + length)),
        request.readUInt16BE(5 + length),
      ];
    const target = bed.net.connect({ port, host, family: 4 });
    target.on("error", () => client.destroy());
    await once(target, "connect");
    client.write(Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
    client.pipe(target).pipe(client);
  });
}

/** @type {import("../all.mjs").Scenario} */
export const httpsProxyAgent = {
  name: "https-proxy-agent",
  others: ["proxy-chain"],
  cases: {
    async "https through a proxy, and through two"(bed) {
      const { web, port } = await createWeb(bed);
      const { HttpsProxyAgent } = await bed.importFrom("https-proxy-agent");
      const { Server } = await bed.importFrom("proxy-chain");
      const far = new Server({ host: bed.host, port: 0 });
      await far.listen();
      const upstreamProxyUrl = `http://${bed.host}:${far.port}`;
      const near = new Server({
        ...{ host: bed.host, port: 0 },
        prepareRequestFunction: () => ({ upstreamProxyUrl }),
      });
      await near.listen();
      for (const proxy of [far, near]) {
        const agent = new HttpsProxyAgent(`http://${bed.host}:${proxy.port}`);
        await echo({ host: "localhost", port, agent, ca: bed.cert });
        agent.destroy();
      }
      await near.close(true);
      await far.close(true);
      web.close();
    },
  },
};

/** @type {import("../all.mjs").Scenario} */
export const socks = {
  name: "socks",
  cases: {
    async "https through a proxy"(bed) {
      const { web, port } = await createWeb(bed);
      const proxy = await createSocksProxy(bed);
      const { SocksClient } = bed.load("socks");
      const { socket } = await SocksClient.createConnection({
        command: "connect",
        proxy: { host: bed.host, port: proxy.port, type: 5 },
        destination: { host: "localhost", port },
      });
      await echo({
        ...{ host: "localhost", port, ca: bed.cert, agent: false },
        createConnection: () => bed.upgrade(socket),
      });
      socket.destroy();
      proxy.server.close();
      web.close();
    },
  },
};
