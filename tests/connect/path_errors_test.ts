/**
 * How `connect(path)` fails: the system errors of paths and abstract names.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  chmodSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import * as net from "../../mod.ts";
import { eventNames, failure } from "../helpers/connects.ts";
import { type Bed, closed, event } from "../helpers/net_helpers.ts";
import { runFixture } from "../helpers/spawn.ts";
import { guessesErrors, noFiles } from "../helpers/runtime.ts";
import { errno, fields } from "../helpers/system_errors.ts";
import { tempFolder, uniquePath } from "../helpers/temp_folder.ts";
import { ipcTest, testOver, unix } from "../helpers/transports.ts";

const notLinux = process.platform === "linux"
  ? false
  : "these are Linux's answers";

function unixTest(
  name: string,
  fn: (bed: Bed) => Promise<void>,
  skip: string | false = guessesErrors,
): void {
  testOver(unix, name, fn, noFiles || skip);
}

/**
 * The error of a connect to a path, which must also come as a failed attempt.
 */
async function pathFailure(
  bed: Bed,
  path: string,
  code: string,
): Promise<void> {
  const { error, events } = await failure(bed, { path });
  assert.deepEqual(fields(error), {
    name: "Error",
    message: `connect ${code} ${path}`,
    code,
    errno: errno(code),
    syscall: "connect",
    address: path,
  });
  assert.deepEqual(events, [
    ["connectionAttempt", path, undefined, undefined],
    ["connectionAttemptFailed", path, undefined, undefined, error],
    ["error", error],
    ["close", true],
  ]);
}

ipcTest("connect(path): ENOENT where nothing is", async (bed) => {
  await pathFailure(bed, uniquePath(), "ENOENT");
  await pathFailure(bed, join(tempFolder, "missing", "sock"), "ENOENT");
});

unixTest("connect(path): of a file that is no socket", async (bed) => {
  const file = join(tempFolder, "file");
  writeFileSync(file, "");
  // Linux reports ECONNREFUSED; the BSDs and macOS report that it is not a
  // socket.
  const code = process.platform === "linux" ? "ECONNREFUSED" : "ENOTSOCK";
  await pathFailure(bed, file, code);
  await pathFailure(bed, tempFolder, code);
});

unixTest("connect(path): ENOTDIR below a file", async (bed) => {
  const file = join(tempFolder, "no-directory");
  writeFileSync(file, "");
  await pathFailure(bed, join(file, "sock"), "ENOTDIR");
});

unixTest("connect(path): ELOOP of a link to itself", async (bed) => {
  const link = join(tempFolder, "loop");
  symlinkSync(link, link);
  await pathFailure(bed, link, "ELOOP");
});

unixTest(
  "connect(path): ECONNREFUSED of a socket file whose server is gone",
  async (bed) => {
    const { stdout, code } = await runFixture("abandoned_path", {
      args: [uniquePath()],
    });
    assert.equal(code, 0);
    const path = stdout.trim();
    await pathFailure(bed, path, "ECONNREFUSED");
    rmSync(path);
  },
  false,
);

const cannotBecomeNobody = process.setegid === undefined &&
  "Deno has process.setegid() since 2.6";

test("connect(path): EACCES of a socket that others may not open", {
  skip: cannotBecomeNobody || noFiles,
}, async () => {
  const closedFolder = join(tempFolder, "closed");
  mkdirSync(closedFolder);
  chmodSync(tempFolder, 0o755);
  const path = join(closedFolder, "sock");
  const server = net.createServer().listen(path);
  await event(server, "listening");
  chmodSync(path, 0);
  try {
    const { stdout, stderr } = await runFixture("connect_denied", {
      args: [path],
    });
    assert.equal(stderr, "");
    assert.deepEqual(JSON.parse(stdout), {
      message: `connect EACCES ${path}`,
      code: "EACCES",
      errno: errno("EACCES"),
      syscall: "connect",
      address: path,
    });
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

test("connect(path): ECONNREFUSED of an abstract name nobody has", {
  skip: notLinux,
  timeout: 30_000,
}, async () => {
  const short = `\0isonet-nobody-${process.pid}`;
  // The longest name that there can be is 108 bytes.
  for (const path of [short, short.padEnd(108, "x")]) {
    const socket = net.connect(path);
    const [error] = await event(socket, "error") as [Error];
    assert.deepEqual(fields(error), {
      name: "Error",
      message: `connect ECONNREFUSED ${path}`,
      code: "ECONNREFUSED",
      errno: errno("ECONNREFUSED"),
      syscall: "connect",
      address: path,
    });
  }
});

test(
  "connect(path): EINVAL of a path longer than the system takes, which is known at once",
  { skip: notLinux, timeout: 30_000 },
  async () => {
    for (const length of [109, 300]) {
      const path = uniquePath().padEnd(length, "x");
      const socket = new net.Socket();
      const events: unknown[][] = [];
      for (const name of eventNames) {
        socket.on(name, (...args: unknown[]) => events.push([name, ...args]));
      }
      socket.connect(path);
      assert.equal(await closed(socket), true);
      const error = events[1]![1] as Error;
      assert.deepEqual(events, [
        ["connectionAttempt", path, undefined, undefined],
        ["error", error],
        ["close", true],
      ]);
      assert.deepEqual(fields(error), {
        name: "Error",
        message: `connect EINVAL ${path} - Local (undefined:undefined)`,
        code: "EINVAL",
        errno: errno("EINVAL"),
        syscall: "connect",
        address: path,
      });
    }
  },
);
