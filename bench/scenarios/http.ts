/**
 * Requests of HTTP: the runtime's own `http`, client and server, over sockets
 * of each contestant that are kept alive.
 *
 * @module
 */
import * as http from "node:http";
import type * as net from "node:net";
import { fail, listen, netModuleOf, target } from "../contestants/net.ts";
import { ANY_PORT, repeat, scaled, type Scenario, timed } from "./scenario.ts";

const REQUESTS = 60_000;
const LEAST = 500;
const AT_A_TIME = 16;
const BODY = "hello ".repeat(32);

/** A server that answers with the path it was asked for, and a text. */
function createServer(): http.Server {
  const server = http.createServer((request, response) => {
    const body = request.url + BODY;
    response.writeHead(200, { "content-length": body.length });
    response.end(body);
  });
  // Deno's http closes a connection after the response if its server does not
  // listen by itself.
  Object.defineProperty(server, "listening", { value: true });
  return server;
}

/** Ask for a path, and check the answer. */
function ask(agent: http.Agent, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = http.request({ agent, path, host: "localhost" });
    request.on("error", reject).on("response", (response) => {
      let body = "";
      response.setEncoding("latin1");
      response.on("data", (text: string) => body += text);
      response.on("error", reject).on("end", () => {
        if (body === path + BODY) resolve();
        else reject(new Error(`a wrong answer to ${path}: ${body}`));
      });
    });
    request.end();
  });
}

const requests: Scenario = {
  name: "http-requests",
  title: "HTTP, requests, 16 at a time",
  unit: "requests/s",
  better: "higher",
  contestants: ["isonet", "builtin"],
  async run(name, scale) {
    if (name !== "isonet" && name !== "builtin") {
      throw new Error(`${name} does not take part`);
    }
    const module = await netModuleOf(name);
    const server = createServer();
    let accepted = 0;
    const accept = (socket: net.Socket) => {
      accepted++;
      socket.on("error", fail);
      server.emit("connection", socket);
    };
    // As http.Server has it.
    const plain = module.createServer({ allowHalfOpen: true }, accept);
    const service = await listen(plain, ANY_PORT);
    const agent = new http.Agent({ keepAlive: true, maxSockets: AT_A_TIME });
    Object.assign(agent, {
      createConnection: () => module.connect(target(service.address)),
    });
    let asked = 0;
    const run = (count: number) =>
      repeat(count, AT_A_TIME, () => ask(agent, `/${asked++}`));
    const count = scaled(REQUESTS, scale, LEAST);
    await run(Math.ceil(count / 10));
    const { seconds, cpu } = await timed(() => run(count));
    if (accepted !== AT_A_TIME) {
      throw new Error(`${accepted} connections, not ${AT_A_TIME}`);
    }
    agent.destroy();
    service.close();
    return { value: count / seconds, cpu };
  },
};

export const scenarios: readonly Scenario[] = [requests];
