import assert from "node:assert/strict";
import { linkSync, rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import * as net from "../../mod.ts";
import {
  closed,
  errorOf,
  event,
  record,
  turn,
} from "../helpers/net_helpers.ts";
import { mayTakeAnyWrite, noFiles } from "../helpers/runtime.ts";
import { errno } from "../helpers/system_errors.ts";
import { uniquePath } from "../helpers/temp_folder.ts";
import {
  forEachTransport,
  ipcTest,
  noSecondTransport,
  portOf,
  tcpTest,
} from "../helpers/transports.ts";

type Callback = (error?: Error | null) => void;

/** A callback, and the errors it was called with. */
function collector(): { errors: NodeJS.ErrnoException[]; note: Callback } {
  const errors: NodeJS.ErrnoException[] = [];
  return {
    errors,
    note: (error) => errors.push(error as NodeJS.ErrnoException),
  };
}

/** The enumerable fields of an error, and its message. */
function fields(error: Error): object {
  return Object.assign({ message: error.message }, error);
}

/** Code and message: an error of the stream module may carry more. */
function streamError(error: NodeJS.ErrnoException): object {
  return { code: error.code, message: error.message };
}

tcpTest(
  "connect(): ECONNREFUSED with errno, syscall, address and port",
  async (bed) => {
    const server = await bed.listen();
    const port = portOf(server);
    await new Promise((resolve) => server.close(resolve));
    const client = bed.track(net.connect(port, "127.0.0.1"));
    const error = await errorOf(client);
    assert.deepEqual(fields(error), {
      message: `connect ECONNREFUSED 127.0.0.1:${port}`,
      errno: errno("ECONNREFUSED"),
      code: "ECONNREFUSED",
      syscall: "connect",
      address: "127.0.0.1",
      port,
    });
    assert.ok(error instanceof Error);
    assert.equal(error.name, "Error");
    assert.equal(await closed(client), true);
  },
);

test("connect(): ENOENT for a path that is not there, without a port", async () => {
  const path = uniquePath();
  const error = await errorOf(net.connect({ path }));
  assert.deepEqual(fields(error), {
    message: `connect ENOENT ${path}`,
    errno: errno("ENOENT"),
    code: "ENOENT",
    syscall: "connect",
    address: path,
  });
});

ipcTest(
  "connect(): ECONNREFUSED for a socket file that nobody listens on",
  async (bed) => {
    const server = await bed.listen();
    const stale = uniquePath();
    linkSync(server.address() as string, stale);
    await new Promise((resolve) => server.close(resolve));
    try {
      const error = await errorOf(bed.track(net.connect(stale)));
      assert.deepEqual(fields(error), {
        message: `connect ECONNREFUSED ${stale}`,
        errno: errno("ECONNREFUSED"),
        code: "ECONNREFUSED",
        syscall: "connect",
        address: stale,
      });
    } finally {
      rmSync(stale);
    }
  },
  noFiles,
);

ipcTest("connect(): a file that is no socket is refused", async (bed) => {
  const path = uniquePath();
  writeFileSync(path, "");
  try {
    const error = await errorOf(bed.track(net.connect({ path })));
    // Linux reports ECONNREFUSED, other systems ENOTSOCK.
    assert.ok(["ECONNREFUSED", "ENOTSOCK"].includes(error.code!));
    assert.deepEqual(fields(error), {
      message: `connect ${error.code} ${path}`,
      errno: errno(error.code!),
      code: error.code,
      syscall: "connect",
      address: path,
    });
  } finally {
    rmSync(path);
  }
}, noFiles);

ipcTest(
  "connect(): EINVAL for a path beyond the limit, with 'error' and not thrown",
  async (bed) => {
    const path = uniquePath() + "x".repeat(200);
    const client = bed.track(net.connect({ path }));
    const error = await errorOf(client);
    assert.deepEqual(fields(error), {
      message: `connect EINVAL ${path} - Local (undefined:undefined)`,
      errno: errno("EINVAL"),
      code: "EINVAL",
      syscall: "connect",
      address: path,
    });
  },
  noFiles,
);

tcpTest(
  "connect(): EADDRNOTAVAIL for a localAddress this machine does not have",
  async (bed) => {
    const server = await bed.listen();
    const client = bed.track(net.connect({
      port: portOf(server),
      host: "127.0.0.1",
      localAddress: "203.0.113.1",
    }));
    const error = await errorOf(client);
    assert.deepEqual(fields(error), {
      message: "bind EADDRNOTAVAIL 203.0.113.1",
      errno: errno("EADDRNOTAVAIL"),
      code: "EADDRNOTAVAIL",
      syscall: "bind",
      address: "203.0.113.1",
    });
    assert.equal(await closed(client), true);
  },
  noSecondTransport,
);

test("write(): on a socket that never connected, ERR_SOCKET_CLOSED", async () => {
  const socket = new net.Socket();
  const { errors, note } = collector();
  const log = record(socket, ["error", "close"]);
  const failed = errorOf(socket);
  assert.equal(socket.write("x", note), false);
  const error = await failed;
  assert.deepEqual(fields(error), {
    message: "Socket is closed",
    code: "ERR_SOCKET_CLOSED",
  });
  await turn();
  assert.deepEqual(errors, [error]);
  assert.deepEqual(log, ["error", "close"]);
  assert.equal(socket.destroyed, true);
});

test("end(): on a socket that never connected finishes without an error", async () => {
  const socket = new net.Socket();
  const log = record(socket, ["finish", "error", "close"]);
  await new Promise<void>((resolve) => socket.end(resolve));
  await turn();
  assert.deepEqual(log, ["finish"]);
  assert.equal(socket.readyState, "readOnly");
  socket.destroy();
});

forEachTransport(
  "write(): writes that waited when the socket closed, ERR_SOCKET_CLOSED_BEFORE_CONNECTION",
  async (bed) => {
    const server = await bed.listen();
    const client = bed.connect(server);
    const log = record(client, ["error", "finish", "close"]);
    const { errors, note } = collector();
    client.write("one", note);
    client.write("two", note);
    client.end("three", note);
    client.destroy();
    assert.equal(await closed(client), false);
    await turn();
    assert.deepEqual(
      errors.map(fields),
      Array(3).fill({
        message: "Socket closed before the connection was established",
        code: "ERR_SOCKET_CLOSED_BEFORE_CONNECTION",
      }),
    );
    assert.deepEqual(log, ["close"]);
  },
);

tcpTest(
  "write(): before a connection that is refused fails with it",
  async (bed) => {
    const server = await bed.listen();
    const port = portOf(server);
    await new Promise((resolve) => server.close(resolve));
    const client = bed.track(net.connect(port, "127.0.0.1"));
    const { errors, note } = collector();
    const log = record(client, ["error", "close"]);
    client.write("lost", note);
    const error = await errorOf(client);
    assert.equal(error.code, "ECONNREFUSED");
    assert.equal(await closed(client), true);
    await turn();
    assert.equal(errors.length, 1);
    assert.equal(errors[0]!.code, "ERR_SOCKET_CLOSED_BEFORE_CONNECTION");
    assert.deepEqual(log, ["error", "close"]);
  },
);

forEachTransport(
  "write(): after destroy(), ERR_STREAM_DESTROYED to the callback alone",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.resume();
    const log = record(client, ["error", "close"]);
    const { errors, note } = collector();
    client.destroy();
    assert.equal(client.write("x", note), false);
    await closed(client);
    assert.equal(client.write("x", "latin1", note), false);
    await turn();
    assert.deepEqual(
      errors.map(streamError),
      Array(2).fill({
        message: "Cannot call write after a stream was destroyed",
        code: "ERR_STREAM_DESTROYED",
      }),
    );
    assert.deepEqual(log, ["close"]);
  },
);

forEachTransport(
  "write(): after end(), ERR_STREAM_WRITE_AFTER_END",
  async (bed) => {
    const { client, peer } = await bed.pair({
      server: { allowHalfOpen: true },
    });
    peer.resume();
    const { errors, note } = collector();
    const failed = errorOf(client);
    client.end();
    assert.equal(client.write("late", note), false);
    const error = await failed;
    assert.deepEqual(streamError(error), {
      message: "write after end",
      code: "ERR_STREAM_WRITE_AFTER_END",
    });
    assert.deepEqual(errors, [error]);
    assert.equal(await closed(client), true);
  },
);

forEachTransport(
  "end(): with data after end(), ERR_STREAM_WRITE_AFTER_END",
  async (bed) => {
    const { client, peer } = await bed.pair({
      server: { allowHalfOpen: true },
    });
    peer.resume();
    const { errors, note } = collector();
    const failed = errorOf(client);
    client.end();
    client.end("late", note);
    const error = await failed;
    assert.equal(error.code, "ERR_STREAM_WRITE_AFTER_END");
    assert.deepEqual(errors, [error]);
    assert.equal(await closed(client), true);
  },
);

forEachTransport(
  "write(): after the peer's FIN ended the socket, EPIPE",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.resume();
    client.resume();
    peer.end();
    const { errors, note } = collector();
    let returned: boolean | undefined;
    const failed = errorOf(client);
    // A write after the one in the listener of 'end' would find the socket
    // destroyed.
    await new Promise<void>((resolve) => {
      client.on("end", () => {
        queueMicrotask(() => {
          returned = client.write("too late", note);
          resolve();
        });
      });
    });
    const error = await failed;
    assert.equal(returned, false);
    assert.deepEqual(fields(error), {
      message: "This socket has been ended by the other party",
      code: "EPIPE",
    });
    assert.equal(await closed(client), true);
    assert.deepEqual(errors, [error]);
  },
);

forEachTransport(
  "write(): to a peer that is gone, EPIPE or ECONNRESET of the system",
  async (bed) => {
    const { client, peer } = await bed.pair({
      client: { allowHalfOpen: true },
    });
    const { errors, note } = collector();
    const failed = errorOf(client);
    peer.destroy();
    await closed(peer);
    while (errors.every((error) => !error) && !client.destroyed) {
      client.write(Buffer.alloc(1024), note);
      await turn();
    }
    const error = await failed;
    assert.equal(await closed(client), true);
    const { code, syscall } = error;
    assert.ok(code === "EPIPE" || code === "ECONNRESET", `${code}`);
    assert.ok(syscall === "write" || syscall === "read", `${syscall}`);
    assert.deepEqual(fields(error), {
      message: `${syscall} ${code}`,
      errno: errno(code),
      code,
      syscall,
    });
  },
);

forEachTransport(
  "write(): the failure of a waiting write reaches its callback and 'error'",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.pause();
    const { errors, note } = collector();
    const log = record(client, ["error", "finish", "close"]);
    const failed = errorOf(client);
    client.write(Buffer.alloc(32 << 20), note);
    await turn();
    // The peer has unread data, so closing it sends a reset.
    peer.destroy();
    const error = await failed;
    assert.ok(["EPIPE", "ECONNRESET"].includes(error.code!));
    assert.equal(error.errno, errno(error.code!));
    assert.equal(await closed(client), true);
    await turn();
    assert.equal(errors.length, 1);
    assert.ok(errors[0] instanceof Error);
    assert.deepEqual(log, ["error", "close"]);
  },
  mayTakeAnyWrite,
);

forEachTransport(
  "destroy(): writes that wait fail with ECANCELED",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.pause();
    peer.on("error", () => {});
    const log = record(client, ["error", "finish", "close"]);
    const { errors, note } = collector();
    client.write(Buffer.alloc(32 << 20), note);
    client.write("next", note);
    await turn();
    client.destroy();
    assert.equal(await closed(client), false);
    await turn();
    const canceled = {
      message: "write ECANCELED",
      errno: errno("ECANCELED"),
      code: "ECANCELED",
      syscall: "write",
    };
    assert.deepEqual(errors.map(fields), [canceled, canceled]);
    assert.deepEqual(log, ["close"]);
  },
  mayTakeAnyWrite,
);

forEachTransport(
  "destroy(error): is what the queued writes fail with",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.pause();
    peer.on("error", () => {});
    const { errors, note } = collector();
    client.write(Buffer.alloc(32 << 20), note);
    client.write("next", note);
    await turn();
    const failure = new Error("mine");
    const failed = errorOf(client);
    client.destroy(failure);
    assert.equal(await failed, failure);
    assert.equal(await closed(client), true);
    await turn();
    assert.equal(errors.length, 2);
    assert.equal(errors[0]!.code, "ECANCELED");
    assert.equal(errors[1], failure);
  },
  mayTakeAnyWrite,
);

forEachTransport(
  "Socket: one 'error' and one 'close', whatever comes after",
  async (bed) => {
    const { client, peer } = await bed.pair();
    peer.on("error", () => {});
    peer.resume();
    const log = record(client, ["error", "close", "end", "finish", "data"]);
    client.destroy(new Error("first"));
    client.destroy(new Error("second"));
    client.write("x", () => {});
    client.end();
    peer.write("y");
    await closed(client);
    await closed(peer);
    for (let i = 0; i < 3; i++) await turn();
    assert.deepEqual(log, ["error", "close"]);
    assert.equal(client.errored?.message, "first");
  },
);

forEachTransport(
  "Socket: an exception of a 'data' listener is not swallowed",
  async (bed) => {
    const { client, peer } = await bed.pair();
    const seen = event(client, "caught");
    client.on("data", () => {
      try {
        client.emit("error", new Error("nobody listens"));
      } catch (error) {
        client.emit("caught", error);
      }
    });
    peer.write("x");
    const [error] = await seen as [Error];
    assert.equal(error.message, "nobody listens");
  },
);
