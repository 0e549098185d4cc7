/**
 * What the Deno backend does with the errors that only macOS reports of a
 * connection, and with what a slow machine takes its time for. The native
 * connection is made up.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConnectionSink } from "../../runtime/adapter.ts";
import type { NativeConn } from "../../runtime/deno/api.ts";
import { DenoConnection } from "../../runtime/deno/connection.ts";
import { fromDenoError } from "../../runtime/deno/errors.ts";
import { NO_INTERNALS } from "../../runtime/deno/internals.ts";
import { Log } from "../../testing/contract/sinks.ts";

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** A `Deno.Conn` that its peer has reset. */
const torn: NativeConn = {
  localAddr: { hostname: "127.0.0.1", port: 1 },
  remoteAddr: { hostname: "127.0.0.1", port: 2 },
  read: () => new Promise(() => {}),
  write: () => Promise.reject(failure("EPROTOTYPE")),
  closeWrite: () => Promise.resolve(),
  close() {},
  ref() {},
  unref() {},
  setNoDelay() {
    throw failure("EINVAL");
  },
  setKeepAlive() {
    throw failure("EINVAL");
  },
};

/** A `Deno.Conn` that notes what is called, and whose writes wait. */
function slowConn(): { log: Log; conn: NativeConn; go: () => void } {
  const log = new Log();
  const waiting: (() => void)[] = [];
  const conn: NativeConn = {
    ...torn,
    write(bytes) {
      log.add(`write ${bytes.length}`);
      return new Promise((resolve) => {
        waiting.push(() => resolve(bytes.length));
      });
    },
    close: () => log.add("closed"),
  };
  return { log, conn, go: () => waiting.splice(0).forEach((call) => call()) };
}

function connect(): { log: Log; connection: DenoConnection } {
  const log = new Log();
  const connection = new DenoConnection(torn, "tcp", NO_INTERNALS);
  const sink: ConnectionSink = {
    onRead: () => log.add("read"),
    onEnd: () => log.add("end"),
    onError: (error) => log.add(error.message),
    onWrite: (error) => log.add(error?.message ?? "written"),
    onShutdown: () => log.add("shutdown"),
    onClose: () => log.add("close"),
  };
  connection.attach(sink);
  return { log, connection };
}

test("DenoConnection: an option that is refused with EINVAL, as on macOS after both ends are shut, does not matter", async () => {
  const { log, connection } = connect();
  connection.setNoDelay(true);
  connection.setKeepAlive(true, 0);
  connection.close();
  await log.saw("close");
  assert.deepEqual(log.words, ["close"]);
});

test("DenoConnection: a write that fails with EPROTOTYPE, as on macOS, is ECONNRESET", async () => {
  const { log, connection } = connect();
  assert.equal(connection.write(new Uint8Array(1)), false);
  await log.saw("write ECONNRESET");
  connection.close();
  await log.saw("close");
});

test("Deno's errors: EPROTOTYPE of a connect is that of the system", () => {
  const { code } = fromDenoError(failure("EPROTOTYPE"), "connect");
  assert.equal(code, "EPROTOTYPE");
});

test("DenoConnection: what counts as written is sent before the close, however late Deno knows of the room", async () => {
  const { log, conn, go } = slowConn();
  const connection = new DenoConnection(conn, "tcp", NO_INTERNALS, true);
  assert.equal(connection.write(new Uint8Array(3)), true);
  connection.close();
  for (let i = 0; i < 20; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.deepEqual(log.words, ["write 0"]);
  go();
  await log.saw("write 3");
  go();
  await log.saw("closed");
  assert.deepEqual(log.words, ["write 0", "write 3", "closed"]);
});
