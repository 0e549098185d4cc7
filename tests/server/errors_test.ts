/**
 * How `Server.listen()` fails: code, errno, syscall, address, port and message
 * of the system errors, and when they come.
 *
 * @module
 */
import assert from "node:assert/strict";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import * as net from "../../mod.ts";
import { errorOf, event, turn } from "../helpers/net_helpers.ts";
import { endsOfBadDescriptor, noFiles } from "../helpers/runtime.ts";
import { errno, fields, notFoundErrno } from "../helpers/system_errors.ts";
import { tempFolder, uniquePath } from "../helpers/temp_folder.ts";
import {
  anyAddress,
  forEachTransport,
  ipcTest,
  noIPv6,
  noSecondTransport,
  portOf,
  tcpTest,
} from "../helpers/transports.ts";
import { sharesPipes, skipTakenPath } from "../helpers/wine.ts";

/** The fields of the error of a listen on a path. */
function pathError(code: string, text: string, path: string): object {
  return {
    name: "Error",
    message: `listen ${code}: ${text} ${path}`,
    code,
    errno: errno(code),
    syscall: "listen",
    address: path,
    port: -1,
  };
}

/** The error of a failed listen. Asserts that nothing else happened. */
async function failure(
  listen: (server: net.Server) => void,
): Promise<NodeJS.ErrnoException> {
  const server = net.createServer();
  for (const name of ["listening", "close"]) {
    server.on(name, () => assert.fail(`no '${name}'`));
  }
  let isSync = true;
  const failed = errorOf(server);
  server.on("error", () => assert.equal(isSync, false));
  listen(server);
  isSync = false;
  assert.equal(server.listening, false);
  const error = await failed;
  await turn();
  assert.equal(server.listening, false);
  return error;
}

tcpTest("Server.listen(): EADDRINUSE of a port", async (bed) => {
  const taken = await bed.listen();
  const port = portOf(taken);
  assert.deepEqual(fields(await failure((s) => s.listen(port, "127.0.0.1"))), {
    name: "Error",
    message: `listen EADDRINUSE: address already in use 127.0.0.1:${port}`,
    code: "EADDRINUSE",
    errno: errno("EADDRINUSE"),
    syscall: "listen",
    address: "127.0.0.1",
    port,
  });
});

tcpTest(
  "Server.listen(): EADDRINUSE of a port without a host names every address",
  async (bed) => {
    const taken = bed.createServer();
    taken.listen(0);
    await event(taken, "listening");
    const port = portOf(taken);
    assert.deepEqual(fields(await failure((s) => s.listen(port))), {
      name: "Error",
      message:
        `listen EADDRINUSE: address already in use ${anyAddress}:${port}`,
      code: "EADDRINUSE",
      errno: errno("EADDRINUSE"),
      syscall: "listen",
      address: anyAddress,
      port,
    });
  },
);

tcpTest("Server.listen(): EADDRINUSE of an IPv6 address", async (bed) => {
  const taken = bed.createServer();
  taken.listen(0, "::1");
  await event(taken, "listening");
  const port = portOf(taken);
  assert.deepEqual(
    fields(await failure((s) => s.listen({ port, host: "::1" }))),
    {
      name: "Error",
      message: `listen EADDRINUSE: address already in use ::1:${port}`,
      code: "EADDRINUSE",
      errno: errno("EADDRINUSE"),
      syscall: "listen",
      address: "::1",
      port,
    },
  );
});

test("Server.listen(): EACCES on Windows of a path that names no pipe", {
  skip: process.platform !== "win32" && "elsewhere any path is one of a socket",
}, async () => {
  const path = join(tempFolder, "sock");
  assert.deepEqual(
    fields(await failure((s) => s.listen(path))),
    pathError("EACCES", "permission denied", path),
  );
});

ipcTest("Server.listen(): EADDRINUSE of a path", async (bed) => {
  const taken = await bed.listen();
  const path = taken.address() as string;
  assert.deepEqual(
    fields(await failure((s) => s.listen(path))),
    pathError("EADDRINUSE", "address already in use", path),
  );
}, sharesPipes);

test("Server.listen(): EADDRINUSE of a path that is a file or a directory", {
  skip: noFiles,
}, async () => {
  const file = join(tempFolder, "file");
  writeFileSync(file, "");
  for (const path of [file, tempFolder]) {
    assert.deepEqual(
      fields(await failure((s) => s.listen(path))),
      pathError("EADDRINUSE", "address already in use", path),
    );
  }
});

test("Server.listen(): EADDRINUSE of an abstract name", {
  skip: process.platform !== "linux" && "abstract names are Linux's",
  timeout: 30_000,
}, async () => {
  const path = `\0isonet-errors-${process.pid}`;
  const taken = net.createServer().listen(path);
  await event(taken, "listening");
  assert.deepEqual(
    fields(await failure((s) => s.listen(path))),
    pathError("EADDRINUSE", "address already in use", path),
  );
  await new Promise((resolve) => taken.close(resolve));
});

test("Server.listen(), net.connect(): EINVAL of an abstract name off Linux", {
  skip: process.platform === "linux" && "Linux has abstract names",
  timeout: 30_000,
}, async () => {
  const path = `\0isonet-errors-${process.pid}`;
  assert.equal((await failure((s) => s.listen(path))).code, "EINVAL");
  const socket = net.connect(path);
  const [error] = await event(socket, "error");
  assert.equal((error as NodeJS.ErrnoException).code, "EINVAL");
});

for (const host of ["192.0.2.1", "2001:db8::1"]) {
  test(`Server.listen(): EADDRNOTAVAIL of ${host}, which is not ours; without a port where it was 0`, async () => {
    assert.deepEqual(fields(await failure((s) => s.listen(0, host))), {
      name: "Error",
      message: `listen EADDRNOTAVAIL: address not available ${host}`,
      code: "EADDRNOTAVAIL",
      errno: errno("EADDRNOTAVAIL"),
      syscall: "listen",
      address: host,
    });
    assert.deepEqual(fields(await failure((s) => s.listen(4321, host))), {
      name: "Error",
      message: `listen EADDRNOTAVAIL: address not available ${host}:4321`,
      code: "EADDRNOTAVAIL",
      errno: errno("EADDRNOTAVAIL"),
      syscall: "listen",
      address: host,
      port: 4321,
    });
  });
}

test(
  "Server.listen(): EINVAL of a link-local address in a zone that is not there",
  {
    skip: noIPv6,
  },
  async () => {
    const host = "fe80::1%missing";
    const error = await failure((s) => s.listen(0, host));
    if (process.platform !== "linux") {
      assert.match(error.code!, /^(EINVAL|EADDRNOTAVAIL)$/);
      return;
    }
    // Deno's own error is the cause.
    const { cause: _, ...rest } = fields(error);
    assert.deepEqual(rest, {
      name: "Error",
      message: `listen EINVAL: invalid argument ${host}`,
      code: "EINVAL",
      errno: errno("EINVAL"),
      syscall: "listen",
      address: host,
    });
  },
);

test("Server.listen(): EACCES of a path in a directory that is not there", async () => {
  const path = join(tempFolder, "missing", "sock");
  assert.deepEqual(
    fields(await failure((s) => s.listen(path))),
    pathError("EACCES", "permission denied", path),
  );
});

test("Server.listen(): ENOTDIR of a path below a file", {
  skip: noFiles,
}, async () => {
  const file = join(tempFolder, "no-directory");
  writeFileSync(file, "");
  const path = join(file, "sock");
  assert.deepEqual(
    fields(await failure((s) => s.listen(path))),
    pathError("ENOTDIR", "not a directory", path),
  );
});

test("Server.listen(): EINVAL of a path longer than the system takes", {
  skip: process.platform !== "linux" && "the limit of this test is Linux's",
  timeout: 30_000,
}, async () => {
  const prefix = uniquePath();
  for (const length of [109, 300]) {
    const path = prefix.padEnd(length, "x");
    assert.deepEqual(
      fields(await failure((s) => s.listen(path))),
      pathError("EINVAL", "invalid argument", path),
    );
  }
});

test("Server.listen(): the longest path the system takes", {
  skip: process.platform !== "linux" && "the limit of this test is Linux's",
  timeout: 30_000,
}, async () => {
  const path = uniquePath().padEnd(107, "x");
  const server = net.createServer((socket) => socket.end()).listen(path);
  await event(server, "listening");
  assert.equal(server.address(), path);
  const client = net.connect(path);
  await event(client.resume(), "close");
  await new Promise((resolve) => server.close(resolve));
});

tcpTest("Server.listen(): ENOTFOUND of a host without an address", async () => {
  assert.deepEqual(
    fields(await failure((s) => s.listen(0, "nobody.invalid"))),
    {
      name: "Error",
      message: "getaddrinfo ENOTFOUND nobody.invalid",
      code: "ENOTFOUND",
      errno: notFoundErrno,
      syscall: "getaddrinfo",
      hostname: "nobody.invalid",
    },
  );
});

test(
  "Server.listen({ fd }): EINVAL of a descriptor that is no socket or not open",
  { skip: noSecondTransport },
  async () => {
    const fd = openSync(join(tempFolder, "plain"), "w");
    try {
      for (const bad of endsOfBadDescriptor ? [fd] : [fd, 99_999]) {
        assert.deepEqual(fields(await failure((s) => s.listen({ fd: bad }))), {
          name: "Error",
          message: "listen EINVAL: invalid argument",
          code: "EINVAL",
          errno: errno("EINVAL"),
          syscall: "listen",
          address: null,
        });
      }
    } finally {
      closeSync(fd);
    }
  },
);

forEachTransport(
  "Server.listen(): a failed server has no address and is not running",
  async (bed) => {
    const taken = await bed.listen();
    const address = taken.address();
    const server = net.createServer();
    if (typeof address === "string") server.listen(address);
    else server.listen(address!.port, address!.address);
    await errorOf(server);
    assert.equal(server.address(), bed.transport.ipc ? address : null);
    const outcome = await new Promise<unknown>((resolve) =>
      server.close(resolve)
    );
    assert.equal(
      (outcome as NodeJS.ErrnoException).code,
      "ERR_SERVER_NOT_RUNNING",
    );
  },
  skipTakenPath,
);
