/** write() while it works, and write() when it is too late. */
import { overBoth, overUnix, type Scenario, scenario } from "../../scenario.ts";
import { settle } from "../../trace.ts";

export const scenarios: Scenario[] = [
  ...overBoth("an echo", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    peer.target.pipe(peer.target);
    client.call("write", "hello", client.callback("write"));
    await client.untilReceived(5);
    client.call("end", " world");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("every kind of chunk", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("write", "utf8 \u00e4", client.callback("text"));
    await peer.untilReceived(7);
    client.call("write", "\u00e4", "latin1", client.callback("latin1"));
    await peer.untilReceived(8);
    client.call("write", "616263", "hex", client.callback("hex"));
    await peer.untilReceived(11);
    client.call("write", "ZGVm", "base64", client.callback("base64"));
    await peer.untilReceived(14);
    client.call("write", "xy", "utf16le", client.callback("utf16le"));
    await peer.untilReceived(18);
    client.call("write", Buffer.from("buffer"), client.callback("buffer"));
    await peer.untilReceived(24);
    client.call("write", new Uint8Array([65, 66]), client.callback("bytes"));
    await peer.untilReceived(26);
    client.call("end");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("chunks that cannot be written", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("write", 1);
    client.call("write", {});
    client.call("write", undefined);
    client.call("write", null);
    client.call("write", "x", "no such encoding");
    client.look("unharmed");
    client.call("end");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth(
    "an empty write calls back and sends nothing",
    async (_net, trace) => {
      const { client, peer } = await trace.pair();
      client.call("write", "", client.callback("text"));
      await client.until("callback text");
      client.call("write", new Uint8Array(0), client.callback("bytes"));
      await client.until("callback bytes");
      client.call("end", "x");
      await Promise.all([client.until("close"), peer.until("close")]);
    },
  ),

  ...overBoth("cork() holds, uncork() sends as one", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("cork");
    client.call("write", "one ", client.callback("one"));
    client.call("write", "two ", client.callback("two"));
    client.call("write", Buffer.from("three"), client.callback("three"));
    await settle();
    client.note("writableLength", client.target.writableLength);
    client.note("writableCorked", client.target.writableCorked);
    client.call("uncork");
    await Promise.all([client.until("callback three"), peer.untilReceived(13)]);
    client.call("end");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("end() uncorks", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("cork");
    client.call("cork");
    client.call("write", "held", client.callback("write"));
    client.call("end", " and sent", client.callback("end"));
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("write() after end()", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("end", "enough");
    client.call("write", "too late", client.callback("write"));
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("end() with data after end()", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("end", "enough");
    client.call("end", "too late", client.callback("end"));
    await Promise.all([client.until("close"), peer.until("close")]);
  }),

  ...overBoth("write() after 'finish', half-open", async (_net, trace) => {
    const { client, peer } = await trace.pair({
      server: { allowHalfOpen: true },
    });
    client.call("end");
    await Promise.all([client.until("finish"), peer.until("end")]);
    client.call("write", "too late", client.callback("write"));
    await client.until("close");
    peer.call("end");
    await peer.until("close");
  }),

  ...overBoth("write() after destroy()", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("destroy");
    client.call("write", "too late", client.callback("write"));
    await Promise.all([client.until("close"), peer.until("close")]);
    client.call("write", "much too late", client.callback("after close"));
    await client.until("callback after close");
  }),

  ...overBoth("end() after destroy()", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("destroy");
    client.call("end", "too late", client.callback("end"));
    await Promise.all([client.until("close"), peer.until("close")]);
    client.call("end", client.callback("after close"));
    await settle();
    client.look("the callback is not called");
  }),

  ...overBoth(
    "write() after the peer's FIN ended the socket",
    async (_net, trace) => {
      const { client, peer } = await trace.pair({
        client: { allowHalfOpen: true },
      });
      client.call("end");
      await peer.until("close");
      peer.call("write", "too late", peer.callback("write"));
      await client.until("close");
    },
  ),

  ...overBoth(
    "write() after the peer's FIN, in the next turn",
    async (_net, trace) => {
      const { client, peer } = await trace.pair({
        client: { allowHalfOpen: true },
        watchPeer: { data: false },
      });
      // More than the system accepts at once, so that the socket cannot finish.
      peer.note("bytes", peer.target.write(Buffer.alloc(8 << 20)));
      client.call("pause");
      client.call("end");
      peer.on("end", () => {
        setImmediate(() => peer.call("write", "late", peer.callback("write")));
      });
      peer.call("resume");
      await peer.until("close");
      client.call("destroy");
      await client.until("close");
      trace.forget("client");
    },
  ),

  overUnix("write() to a peer that is gone", async (_net, trace) => {
    const { client, peer } = await trace.pair({
      client: { allowHalfOpen: true },
      watchClient: { counts: false },
    });
    peer.call("destroy");
    await client.until("end");
    // The system decides whether write() fails at once or a little later.
    client.target.write("nobody reads", client.callback("write"));
    await client.until("close");
  }),

  scenario(
    "write() to a TCP peer that is gone is reset",
    async (_net, trace) => {
      const { client, peer } = await trace.pair({
        client: { allowHalfOpen: true },
        watchClient: { counts: false },
      });
      peer.call("destroy");
      await client.until("end");
      client.call("write", "nobody reads", client.callback("first"));
      await client.until("callback first");
      client.target.write("nobody at all", client.callback("second"));
      await client.until("close");
    },
  ),

  scenario("write() to a socket never connected", async (net, trace) => {
    const client = trace.socket("client", new net.Socket());
    client.call("write", "x", client.callback("write"));
    await client.until("close");
  }),

  scenario("end() of a socket never connected", async (net, trace) => {
    const client = trace.socket("client", new net.Socket());
    client.call("end", client.callback("end"));
    await client.until("finish");
    client.look("after finish");
  }),

  scenario(
    "end() with data of a socket never connected",
    async (net, trace) => {
      const client = trace.socket("client", new net.Socket());
      client.call("end", "x", client.callback("end"));
      await client.until("close");
    },
  ),

  ...overBoth("a full buffer: false, then 'drain'", async (_net, trace) => {
    const { client, peer } = await trace.pair({ watchPeer: { data: false } });
    const chunk = Buffer.alloc(4 << 20, "x");
    client.call("write", chunk, client.callback("write"));
    client.note("needs drain", client.target.writableNeedDrain);
    client.note("writableLength", client.target.writableLength);
    let total = 0;
    peer.target.on("data", (data: Buffer) => total += data.length);
    await client.until("drain");
    client.call("end");
    await Promise.all([client.until("close"), peer.until("close")]);
    peer.note("received", total);
  }),

  ...overBoth("two full buffers drain once", async (_net, trace) => {
    const { client, peer } = await trace.pair({ watchPeer: { data: false } });
    const chunk = Buffer.alloc(4 << 20, "x");
    client.call("write", chunk);
    client.call("write", chunk);
    let total = 0;
    peer.target.on("data", (data: Buffer) => total += data.length);
    await client.until("drain");
    client.call("end");
    await Promise.all([client.until("close"), peer.until("close")]);
    peer.note("received", total);
  }),

  ...overBoth("destroy() with a write under way", async (_net, trace) => {
    const { client } = await trace.pair({ watchPeer: { data: false } });
    client.call("write", Buffer.alloc(8 << 20), client.callback("first"));
    client.target.write("queued", client.callback("second"));
    client.target.destroy();
    client.note("destroyed");
    await client.until("callback second");
    trace.forget("peer");
  }),

  ...overBoth("end() with a write under way", async (_net, trace) => {
    const { client, peer } = await trace.pair({ watchPeer: { data: false } });
    client.call("write", Buffer.alloc(8 << 20), client.callback("write"));
    client.call("end", client.callback("end"));
    let total = 0;
    peer.target.on("data", (data: Buffer) => total += data.length);
    await Promise.all([client.until("close"), peer.until("close")]);
    peer.note("received", total);
  }),

  ...overBoth("setDefaultEncoding() counts for text", async (_net, trace) => {
    const { client, peer } = await trace.pair();
    client.call("setDefaultEncoding", "hex");
    client.call("end", "616263");
    await Promise.all([client.until("close"), peer.until("close")]);
  }),
];
