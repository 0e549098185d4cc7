/**
 * What the Deno backend does when an accept fails. The native listener is made
 * up, so that it can fail at will.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import type { ListenSink } from "../../runtime/adapter.ts";
import { NO_INTERNALS } from "../../runtime/deno/internals.ts";
import { DenoListener, listenersClosed } from "../../runtime/deno/listener.ts";
import { Log } from "../../testing/contract/sinks.ts";
import { runFixture } from "../helpers/spawn.ts";
import { FakeNative } from "./fake_native.ts";

function start(
  over: Partial<ListenSink> = {},
): { log: Log; native: FakeNative; listener: DenoListener } {
  const log = new Log();
  const native = new FakeNative(log);
  const sink: ListenSink = {
    onListening: () => log.add("listening"),
    onConnection: (connection) => {
      log.add("connection");
      connection.close();
    },
    onError: (error) => log.add(error.message),
    onClose: () => log.add("free"),
    ...over,
  };
  return {
    log,
    native,
    listener: new DenoListener(native, null, sink, NO_INTERNALS),
  };
}

for (const code of ["EMFILE", "ENFILE"]) {
  test(`DenoListener: ${code} is not reported, and accepting goes on`, async () => {
    const { log, native, listener } = start();
    native.fail(code);
    await log.saw("accept 2");
    native.fail(code);
    await log.saw("accept 3");
    assert.equal(listener.close(), false);
    await log.saw("free");
    assert.deepEqual(log.words, ["accept 1", "accept 2", "accept 3", "free"]);
  });
}

test("DenoListener: another error is reported, and accepting goes on", async () => {
  const { log, native, listener } = start();
  native.fail("ENOBUFS");
  await log.saw("accept 2");
  assert.deepEqual(log.words, ["accept 1", "accept ENOBUFS", "accept 2"]);
  listener.close();
  await log.saw("free");
});

test("DenoListener: closed in onError, it is free at once", async () => {
  let freed: unknown;
  const { log, native, listener } = start({
    onError() {
      freed = listener.close();
      log.add("closed");
    },
  });
  native.fail("ENOBUFS");
  await log.saw("closed");
  assert.equal(freed, true);
  // Nobody waits for it: neither a connect nor a listen.
  assert.equal(listenersClosed(), null);
});

test("DenoListener: closed by an 'error' listener that throws, it holds up nobody", async () => {
  const { stdout, stderr } = await runFixture("exceptions/accept_failure");
  assert.equal(stderr, "");
  assert.deepEqual(JSON.parse(stdout), [
    "accept ENOBUFS",
    "uncaughtException: thrown",
    "close",
    "listening",
    "connect",
  ]);
});

test("DenoListener: closed with an accept pending, it is free later", async () => {
  const { log, listener } = start();
  assert.equal(listener.close(), false);
  assert.notEqual(listenersClosed(), null);
  assert.equal(listener.close(), true);
  await log.saw("free");
  assert.equal(listenersClosed(), null);
  assert.equal(log.count("free"), 1);
});

test("DenoListener: a peer that was reset is announced", async () => {
  const { log, native, listener } = start();
  native.fail("ENOTCONN");
  await log.saw("connection");
  assert.equal(native.accepts, 2);
  native.fail("ECONNABORTED");
  await log.saw("accept 3");
  native.fail("ECONNRESET");
  await log.saw("accept 4");
  listener.close();
  await log.saw("free");
  assert.equal(log.count("connection"), 1);
  assert.deepEqual(log.words.filter((word) => word.includes("ECONN")), []);
});

/** Runs `body` as if on this system. */
async function onPlatform(
  platform: string,
  body: () => Promise<void>,
): Promise<void> {
  const own = Object.getOwnPropertyDescriptor(process, "platform")!;
  Object.defineProperty(process, "platform", {
    value: platform,
    configurable: true,
  });
  try {
    await body();
  } finally {
    Object.defineProperty(process, "platform", own);
  }
}

const { configurable } = Object.getOwnPropertyDescriptor(process, "platform")!;

test(
  "DenoListener: EINVAL of an accept is a peer that was reset on macOS and Windows, and an error elsewhere",
  { skip: !configurable && "process.platform is fixed here" },
  async () => {
    const { log, native, listener } = start();
    for (const [i, platform] of ["darwin", "win32"].entries()) {
      await onPlatform(platform, async () => {
        native.fail("EINVAL");
        const count = () => log.count("connection");
        await log.until(() => count() === i + 1, "a connection");
        assert.equal(native.accepts, i + 2);
      });
    }
    await onPlatform("linux", async () => {
      native.fail("EINVAL");
      await log.saw("accept EINVAL");
    });
    await log.saw("accept 4");
    listener.close();
    await log.saw("free");
  },
);
