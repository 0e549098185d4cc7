/** Reading: pause, onread, encodings, pipes and the ways to wait for data. */
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { pipeline } from "node:stream";
import type { OnReadOpts, Socket } from "node:net";
import { overBoth, type Scenario } from "../../scenario.ts";
import { type Log, settle } from "../../trace.ts";

const flowing = { events: ["pause", "resume"] };

export const scenarios: Scenario[] = [
  ...overBoth(
    "pause() holds data back, resume() lets it through",
    async (_net, trace) => {
      const { client, peer } = await trace.pair({ watchPeer: flowing });
      peer.call("pause");
      peer.note("paused", peer.target.isPaused());
      client.call("write", "held");
      await peer.untilTrue((socket) => socket.bytesRead === 4);
      peer.look("data waits");
      peer.call("resume");
      await peer.untilReceived(4);
      client.call("end");
      await Promise.all([client.until("close"), peer.until("close")]);
    },
  ),

  ...overBoth("pause() holds the end back too", async (_net, trace) => {
    const { client, peer } = await trace.pair({ watchPeer: flowing });
    peer.call("pause");
    client.call("end", "held");
    await client.until("finish");
    await peer.untilTrue((socket) => socket.bytesRead === 4);
    peer.look("no end yet");
    peer.call("resume");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("pause() in the 'data' handler", async (_net, trace) => {
    const { client, peer } = await trace.pair({ watchPeer: flowing });
    peer.on("data", () => {
      if (!peer.target.isPaused()) peer.call("pause");
    });
    client.call("write", "one");
    await peer.untilReceived(3);
    client.call("write", "two");
    await peer.untilTrue((socket) => socket.bytesRead === 6);
    peer.note("still one");
    peer.call("resume");
    await peer.untilReceived(6);
    peer.call("resume");
    client.call("end");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("pauseOnConnect", async (net, trace) => {
    const server = net.createServer({ pauseOnConnect: true });
    const where = await trace.listen(server);
    const accepted = new Promise<Log<Socket>>((resolve) => {
      server.on("connection", (socket) => {
        const peer = trace.socket("peer", socket, flowing);
        peer.note("paused", socket.isPaused(), socket.readableFlowing);
        resolve(peer);
      });
    });
    const client = trace.socket("client", net.connect(where));
    client.call("end", "early");
    const peer = await accepted;
    await client.until("finish");
    await settle();
    peer.look("nothing is read");
    peer.call("resume");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("pause() before connect()", async (net, trace) => {
    const server = net.createServer((socket) => socket.end("early"));
    const where = await trace.listen(server);
    const client = trace.socket("client", new net.Socket(), {
      ...flowing,
      data: false,
    });
    client.call("pause");
    client.call("connect", where);
    await client.until("ready");
    await settle();
    client.look("nothing is read");
    client.watchData();
    client.call("resume");
    await client.until("close");
  }),

  ...overBoth("without a reader, data waits", async (_net, trace) => {
    const { client, peer } = await trace.pair({ watchPeer: { data: false } });
    client.call("write", "waiting");
    await peer.untilTrue((socket) => socket.bytesRead === 7);
    peer.note("readableLength", peer.target.readableLength);
    peer.note("readableFlowing", peer.target.readableFlowing);
    peer.watchData();
    await peer.untilReceived(7);
    client.call("end");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("'readable' and read()", async (_net, trace) => {
    const { client, peer } = await trace.pair({ watchPeer: { data: false } });
    peer.target.on("readable", () => {
      let chunk: Buffer | null;
      while ((chunk = peer.target.read()) !== null) {
        peer.received(chunk, "read");
      }
    });
    client.call("write", "one");
    await peer.untilReceived(3);
    client.call("end", "two");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("read(n) takes part of what is there", async (_net, trace) => {
    const { client, peer } = await trace.pair({ watchPeer: { data: false } });
    client.call("write", "abcdef");
    await once(peer.target, "readable");
    peer.call("read", 2);
    peer.call("read", 10);
    peer.call("read");
    peer.call("read");
    peer.call("resume");
    client.call("end");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("unshift() puts data back", async (_net, trace) => {
    const { client, peer } = await trace.pair({ watchPeer: { data: false } });
    client.call("write", "abcdef");
    await once(peer.target, "readable");
    peer.call("read");
    peer.run("unshift(def)", () => peer.target.unshift(Buffer.from("def")));
    peer.watchData();
    await peer.untilReceived(3);
    client.call("end");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth(
    "setEncoding() joins a character split in two",
    async (_net, trace) => {
      const { client, peer } = await trace.pair();
      peer.call("setEncoding", "utf8");
      const euro = Buffer.from("\u20ac");
      client.call("write", euro.subarray(0, 1));
      await peer.untilTrue((socket) => socket.bytesRead === 1);
      peer.look("nothing to show yet");
      client.call("write", euro.subarray(1));
      await peer.untilReceived(1);
      client.call("end", Buffer.from([0xe2, 0x82]));
      await Promise.all([client.until("close"), peer.until("close")]);
    },
  ),

  ...overBoth("setEncoding() of base64, in threes", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    peer.call("setEncoding", "base64");
    client.call("write", "abcd");
    await peer.untilReceived(4);
    client.call("end", "e");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("onread with a buffer", async (net, trace) => {
    const server = net.createServer();
    const where = await trace.listen(server);
    const accepted = once(server, "connection") as Promise<Socket[]>;
    let read: OnReadOpts["callback"] = () => true;
    const buffer = Buffer.alloc(16);
    const client = trace.socket(
      "client",
      net.connect({
        ...where,
        onread: { buffer, callback: (length, chunk) => read(length, chunk) },
      }),
    );
    read = (length, chunk) => {
      client.note("the same memory", chunk.buffer === buffer.buffer);
      client.received(Buffer.from(chunk.subarray(0, length)), "onread");
      return true;
    };
    const [socket] = await accepted;
    const peer = trace.socket("peer", socket!);
    await client.until("ready");
    peer.call("write", "hello");
    await client.untilReceived(5);
    peer.call("end", "bye");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth(
    "onread with a function that gives buffers",
    async (net, trace) => {
      const server = net.createServer();
      const where = await trace.listen(server);
      const accepted = once(server, "connection") as Promise<Socket[]>;
      let read: OnReadOpts["callback"] = () => true;
      const client = trace.socket(
        "client",
        net.connect({
          ...where,
          onread: {
            buffer: () => new Uint8Array(16),
            callback: (length, chunk) => read(length, chunk),
          },
        }),
      );
      read = (length, chunk) => {
        client.note("memory of", chunk.length);
        client.received(Buffer.from(chunk.subarray(0, length)), "onread");
        return true;
      };
      const [socket] = await accepted;
      const peer = trace.socket("peer", socket!);
      await client.until("ready");
      peer.call("write", "hello");
      await client.untilReceived(5);
      peer.call("end", "bye");
      await Promise.all([client.until("close"), peer.until("close")]);
    },
  ),

  ...overBoth(
    "onread fills a small buffer piece by piece",
    async (net, trace) => {
      const server = net.createServer();
      const where = await trace.listen(server);
      const accepted = once(server, "connection") as Promise<Socket[]>;
      let read: OnReadOpts["callback"] = () => true;
      const client = trace.socket(
        "client",
        net.connect({
          ...where,
          onread: {
            buffer: Buffer.alloc(4),
            callback: (length, chunk) => read(length, chunk),
          },
        }),
      );
      read = (length, chunk) => {
        client.note("piece", Buffer.from(chunk.subarray(0, length)));
        client.received(Buffer.from(chunk.subarray(0, length)), "onread");
        return true;
      };
      const [socket] = await accepted;
      const peer = trace.socket("peer", socket!);
      await client.until("ready");
      peer.call("end", "0123456789");
      await Promise.all([client.until("close"), peer.until("close")]);
    },
  ),

  ...overBoth("onread: false pauses until resume()", async (net, trace) => {
    const server = net.createServer();
    const where = await trace.listen(server);
    const accepted = once(server, "connection") as Promise<Socket[]>;
    let read: OnReadOpts["callback"] = () => true;
    const client = trace.socket(
      "client",
      net.connect({
        ...where,
        onread: {
          buffer: Buffer.alloc(4),
          callback: (length, chunk) => read(length, chunk),
        },
      }),
    );
    read = (length, chunk) => {
      client.note("piece", Buffer.from(chunk.subarray(0, length)));
      client.received(Buffer.from(chunk.subarray(0, length)), "onread");
      return false;
    };
    const [socket] = await accepted;
    const peer = trace.socket("peer", socket!);
    await client.until("ready");
    peer.call("end", "01234567");
    await client.untilReceived(4);
    client.look("stopped");
    client.call("resume");
    await client.untilReceived(8);
    client.look("stopped again");
    client.call("resume");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("a server pipes a socket to itself", async (_net, trace) => {
    const { client, peer } = await trace.pair({ watchPeer: { data: false } });
    peer.run("pipe(itself)", () => peer.target.pipe(peer.target));
    client.call("write", "echo");
    await client.untilReceived(4);
    client.call("end");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("pipe into a socket ends it", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    const { client: source, peer: other } = await trace.pair({
      watchClient: { data: false },
    });
    source.target.pipe(client.target);
    other.target.end("through the pipe");
    await peer.until("close");
    trace.forget("peer");
    await client.until("close");
  }),

  ...overBoth("pipeline() through a socket", async (_net, trace) => {
    const { client, peer } = await trace.pair({ watchPeer: { data: false } });
    pipeline(peer.target, peer.target, peer.callback("pipeline"));
    client.call("end", "there and back");
    await Promise.all([client.until("close"), peer.until("close")]);
    await peer.until("callback pipeline");
  }),

  ...overBoth(
    "pipeline() and a socket destroyed under it",
    async (_net, trace) => {
      const { client, peer } = await trace.pair({ watchPeer: { data: false } });
      pipeline(peer.target, peer.target, peer.callback("pipeline"));
      client.call("write", "there");
      await client.untilReceived(5);
      peer.call("destroy");
      await Promise.all([client.until("close"), peer.until("close")]);
      await peer.until("callback pipeline");
    },
  ),

  ...overBoth("for await reads to the end", async (_net, trace) => {
    const { client, peer } = await trace.pair({
      server: { allowHalfOpen: true },
      watchPeer: { data: false },
    });
    // What the end of the loop does to the other direction is up to the stream
    // module.
    trace.forget("peer");
    const reading = (async () => {
      for await (const chunk of peer.target) peer.received(chunk);
    })();
    client.call("write", "one");
    await peer.untilReceived(3);
    client.call("end", "two");
    await reading;
    client.note("the loop ended");
    peer.target.destroy();
    await client.until("close");
  }),

  ...overBoth("leaving for await destroys", async (_net, trace) => {
    const { client, peer } = await trace.pair({ watchPeer: { data: false } });
    const reading = (async () => {
      for await (const chunk of peer.target) {
        peer.received(chunk, "for await");
        break;
      }
      peer.look("after the loop");
    })();
    client.call("write", "one");
    await reading;
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("for await over a socket that fails", async (_net, trace) => {
    const { client, peer } = await trace.pair({ watchPeer: { data: false } });
    const reading = (async () => {
      try {
        for await (const chunk of peer.target) {
          peer.received(chunk, "for await");
        }
      } catch (error) {
        peer.note("caught", error);
      }
    })();
    client.call("write", "one");
    await peer.untilReceived(3);
    peer.call("destroy", new Error("boom"));
    await reading;
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("events.once() resolves and rejects", async (net, trace) => {
    const where = await trace.listen(net.createServer());
    const client = trace.socket("client", net.connect(where));
    const args: unknown[] = await once(client.target, "connect");
    client.note("connect with", args);
    const failing = once(client.target, "no such event").then(
      () => client.note("resolved"),
      (error: unknown) => client.note("rejected with", error),
    );
    client.call("destroy", new Error("boom"));
    await failing;
    await client.until("close");
  }),

  ...overBoth("destroy() with unread data: no 'end'", async (_net, trace) => {
    const { client, peer } = await trace.pair({ watchPeer: { data: false } });
    client.call("end", "unread");
    await peer.untilTrue((socket) => socket.bytesRead === 6);
    peer.call("destroy");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("a megabyte arrives whole", async (_net, trace) => {
    const { client, peer } = await trace.pair({ watchPeer: { data: false } });
    let total = 0;
    peer.target.on("data", (chunk: Buffer) => total += chunk.length);
    client.call("end", Buffer.alloc(1 << 20, "x"), client.callback("end"));
    await Promise.all([client.until("close"), peer.until("close")]);
    peer.note("total", total);
  }),
];
