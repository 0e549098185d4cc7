/** Handlers that return a promise which rejects, under captureRejections. */
import { EventEmitter } from "node:events";
import { overBoth, type Scenario } from "../../scenario.ts";
import type { Socket } from "node:net";
import type { Log } from "../../trace.ts";

/**
 * Creates an emitter that captures rejections without being asked to by an
 * option of its own.
 */
function capturing<T>(make: () => T): T {
  const before = EventEmitter.captureRejections;
  EventEmitter.captureRejections = true;
  try {
    return make();
  } finally {
    EventEmitter.captureRejections = before;
  }
}

export const scenarios: Scenario[] = [
  ...overBoth(
    "a 'connection' handler rejects: the socket goes",
    async (net, trace) => {
      const server = trace.server(
        "server",
        capturing(() => net.createServer()),
      );
      const accepted = new Promise<Log<Socket>>((resolve) => {
        server.target.on("connection", (socket) => {
          resolve(trace.socket("peer", socket));
          return Promise.reject(new Error("boom"));
        });
      });
      const where = await trace.listen(server.target);
      const client = trace.socket("client", net.connect(where));
      const peer = await accepted;
      await Promise.all([client.until("close"), peer.until("close")]);
      server.call("close");
      await server.until("close");
    },
  ),

  ...overBoth(
    "a 'listening' handler rejects: an 'error'",
    async (net, trace) => {
      const server = trace.server(
        "server",
        capturing(() => net.createServer()),
      );
      server.target.on("listening", () => Promise.reject(new Error("boom")));
      server.call("listen", trace.free());
      await server.until("error");
      server.call("close");
      await server.until("close");
    },
  ),

  ...overBoth(
    "a 'connect' handler rejects: the socket is destroyed",
    async (net, trace) => {
      const where = await trace.listen(net.createServer());
      const client = trace.socket(
        "client",
        capturing(() => net.connect(where)),
      );
      client.target.on("connect", () => Promise.reject(new Error("boom")));
      await client.until("close");
    },
  ),

  ...overBoth(
    "a 'data' handler rejects: the socket is destroyed",
    async (net, trace) => {
      const where = await trace.listen(
        net.createServer((socket) => {
          socket.write("hello");
          socket.resume();
        }),
      );
      const client = trace.socket(
        "client",
        capturing(() => net.connect(where)),
      );
      client.target.on("data", () => Promise.reject(new Error("boom")));
      await client.until("close");
    },
  ),
];
