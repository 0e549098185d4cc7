/**
 * What is played to see where the exceptions of sinks go, and that the rest goes
 * on. Each scenario throws in one method.
 *
 * @module
 */
import { setImmediate, setTimeout } from "../../../runtime/timers.ts";
import { listenOn, tcpOn } from "../targets.ts";
import { reach, type Stage } from "./stage.ts";

/** More than the system takes while the peer reads nothing. */
const LARGE_SIZE = 16 * 1024 * 1024;

/** By the method that throws. */
export const scenarios: Readonly<
  Record<string, (stage: Stage) => Promise<void>>
> = {
  async onConnection(stage) {
    const ends = await stage.pair({ onConnection: true });
    await stage.uncaught("onConnection");
    await stage.worksOn(ends);
  },

  async onConnect(stage) {
    const ends = await stage.pair({ onConnect: true });
    await stage.uncaught("onConnect");
    await stage.worksOn(ends);
  },

  async "onError of an attempt"(stage) {
    const on = listenOn(stage.kind);
    const listener = await stage.listen(on);
    const to = reach(on, listener);
    stage.close(listener);
    for (const method of ["onError of the first", "onError of the second"]) {
      const onError = () => stage.fail(method);
      try {
        stage.connect(to, { onError });
      } catch {
        setImmediate(onError); // known at once: nothing is called back
      }
    }
    await stage.uncaught("onError of the first");
    await stage.uncaught("onError of the second");
  },

  async onRead(stage) {
    const ends = await stage.pair({ server: ["onRead"] });
    ends.server.connection.readStart();
    ends.client.send("one");
    await stage.all("server has one");
    await stage.uncaught("onRead");
    ends.client.send(",two");
    await stage.all("server has one,two");
    ends.client.connection.shutdown();
    await stage.all("client shutdown done", "server end");
    await stage.closeBoth(ends);
  },

  async "onRead of bytes that waited"(stage) {
    const ends = await stage.pair({ server: ["onRead"] });
    ends.client.send("one");
    ends.client.connection.shutdown();
    await stage.all("client shutdown done");
    ends.server.connection.readStart();
    await stage.uncaught("onRead");
    await stage.all("server has one", "server end");
    await stage.closeBoth(ends);
  },

  // A backend that brings its own memory does not ask.
  async allocate(stage) {
    const ends = await stage.pair({ server: ["allocate"] });
    ends.server.connection.readStart();
    ends.client.send("one");
    await stage.all("server has one");
    ends.client.connection.shutdown();
    await stage.all("client shutdown done", "server end");
    await stage.closeBoth(ends);
  },

  async onEnd(stage) {
    const ends = await stage.pair({ server: ["onEnd"] });
    ends.server.connection.readStart();
    ends.client.connection.readStart();
    ends.client.connection.shutdown();
    await stage.all("server end");
    await stage.uncaught("onEnd");
    ends.server.send("late");
    await stage.all("client has late");
    await stage.closeBoth(ends);
  },

  async "onError of a connection"(stage) {
    const ends = await stage.pair({ server: ["onError"] });
    const { client, server } = ends;
    if (stage.kind === "pipe") {
      // Closing over unread bytes is what resets a path.
      server.send("unread");
      await new Promise((resolve) => void setTimeout(resolve, 20));
      client.connection.close();
    } else if (stage.adapter.capabilities.reset) {
      client.connection.reset();
    } else {
      return stage.closeBoth(ends);
    }
    server.connection.readStart();
    await stage.uncaught("onError");
    await stage.all("server ECONNRESET");
    await stage.closeBoth(ends);
  },

  async onWrite(stage) {
    const ends = await stage.pair({ client: ["onWrite"] });
    const { client, server } = ends;
    let size = 0;
    server.onRead = (chunk) => {
      size += chunk.length;
      if (size === LARGE_SIZE) stage.happened("server has all");
      if (size === 2 * LARGE_SIZE) stage.happened("server has both");
    };
    const large = new Uint8Array(LARGE_SIZE);
    // A backend whose queue has no end takes it at once.
    const isLate = client.connection.write(large) === false;
    server.connection.readStart();
    await stage.all("server has all");
    if (isLate) {
      await stage.all("client write done");
      await stage.uncaught("onWrite");
    }
    client.connection.write(large);
    await stage.all("server has both");
    await stage.closeBoth(ends);
  },

  async onShutdown(stage) {
    const ends = await stage.pair({ client: ["onShutdown"] });
    const { client, server } = ends;
    client.connection.readStart();
    server.connection.readStart();
    client.connection.shutdown();
    await stage.all("client shutdown done", "server end");
    await stage.uncaught("onShutdown");
    server.send("late");
    server.connection.shutdown();
    await stage.all("client has late", "client end");
    await stage.closeBoth(ends);
  },

  async onClose(stage) {
    const throws = ["onClose"];
    await stage.closeBoth(
      await stage.pair({ client: throws, server: throws }),
    );
    await stage.uncaught("onClose");
    stage.forget();
    await stage.worksOn(await stage.pair());
  },

  async onListening(stage) {
    const on = listenOn(stage.kind);
    const first = await stage.listen(on);
    const again = on.kind === "pipe"
      ? on
      : tcpOn({ port: first.endpoint()!.port });
    stage.close(first);
    stage.forget();
    // Some backends are pending now: the address is free in a moment.
    const second = await stage.listen(again, {
      onListening() {
        stage.happened("listening");
        stage.fail("onListening");
      },
    });
    stage.connect(reach(again, second));
    await stage.all("accepted", "connected");
  },
};
