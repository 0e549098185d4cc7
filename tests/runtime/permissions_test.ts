/**
 * The permissions that the package needs: none to be imported, `--allow-net`
 * for TCP. Each test runs a process; on a runtime without permissions, the same
 * programs run without flags.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { needsAllForPaths, runtimeName } from "../helpers/runtime.ts";
import { runFixture } from "../helpers/spawn.ts";
import { uniquePath } from "../helpers/temp_folder.ts";
import { noBinding, noSecondTransport } from "../helpers/transports.ts";

/**
 * A permission that does not matter. The list must not be empty: Deno grants
 * everything to a process that it starts from its own executable without such a
 * flag.
 */
const none = ["--deny-ffi"];

/** Runs a fixture that must print these lines and exit without an error. */
async function assertPrints(
  name: string,
  options: { permissions: string[]; args?: string[] },
  lines: string[],
): Promise<void> {
  const { code, stdout, stderr } = await runFixture(name, options);
  assert.equal(stderr, "");
  assert.deepEqual(stdout.trimEnd().split("\n"), lines);
  assert.equal(code, 0);
}

test("The package: is imported, and makes sockets and servers, without any permission", async () => {
  await assertPrints("permissions/import_only", { permissions: none }, [
    "function",
  ]);
});

for (const host of ["the default", "127.0.0.1", "::1", "localhost"]) {
  test(`TCP on ${host}: the echo example runs with --allow-net alone`, async () => {
    await assertPrints("echo", {
      permissions: ["--allow-net"],
      args: host === "the default" ? [] : ["", host],
    }, ["hello"]);
  });
}

test("TCP: --allow-net may be as narrow as the addresses in use", async () => {
  await assertPrints("echo", {
    permissions: ["--allow-net=127.0.0.1"],
    args: ["", "127.0.0.1"],
  }, ["hello"]);
});

test("TCP: --allow-net may name a host that is looked up", async () => {
  await assertPrints("echo", {
    permissions: ["--allow-net=localhost"],
    args: ["", "localhost"],
  }, ["hello"]);
});

test(
  "A path: the echo example runs with --allow-net and leave to read and write it",
  {
    skip: needsAllForPaths,
  },
  async () => {
    const path = uniquePath();
    await assertPrints("echo", {
      permissions: [
        "--allow-net",
        `--allow-read=${path}`,
        `--allow-write=${path}`,
      ],
      args: [path],
    }, ["hello"]);
  },
);

test("BoundSocket: --allow-net is enough for TCP, and not for a path", {
  skip: noBinding,
}, async () => {
  const isDeno = runtimeName === "deno";
  await assertPrints("bound_socket", {
    permissions: ["--allow-net"],
    args: [uniquePath()],
  }, ["hello", isDeno ? "EACCES bind" : "bound"]);
});

const skip = runtimeName === "deno"
  ? false
  : "this runtime does not withhold the network";

const noLibc = process.platform !== "linux" &&
  "the C library is called on Linux only";

test(
  "connect(), listen(): without leave end in an 'error' with EACCES, over TCP",
  { skip },
  async () => {
    const { code, stdout, stderr } = await runFixture("permissions/denied", {
      permissions: none,
    });
    assert.equal(stderr, "");
    assert.equal(code, 0);
    assert.deepEqual(stdout.trim().split("\n").sort(), [
      "server error EACCES listen",
      "socket close",
      "socket error EACCES connect",
    ]);
  },
);

test(
  "connect(), listen(): without leave end in an 'error' with EACCES, on a path",
  { skip },
  async () => {
    const { code, stdout, stderr } = await runFixture("permissions/denied", {
      permissions: ["--allow-net"],
      args: [uniquePath()],
    });
    assert.equal(stderr, "");
    assert.equal(code, 0);
    assert.deepEqual(stdout.trim().split("\n").sort(), [
      "server error EACCES listen",
      "socket close",
      "socket error EACCES connect",
    ]);
  },
);

const unavailable = noSecondTransport &&
  "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM undefined undefined";

test(
  "connect(), listen(): without leave end in an 'error' with EACCES, through the second transport",
  { skip },
  async () => {
    await assertPrints("permissions/denied_options", {
      permissions: none,
      args: [uniquePath()],
    }, [
      `localAddress ${unavailable || "EACCES bind NotCapable"}`,
      `localPort ${unavailable || "EACCES bind NotCapable"}`,
      "lookup EACCES getaddrinfo Error",
      "readableAll EACCES listen NotCapable",
      `reusePort ${unavailable || "EACCES listen NotCapable"}`,
      `reusePort everywhere ${unavailable || "EACCES listen NotCapable"}`,
    ]);
  },
);

test(
  "ipv6Only, typeOfService, keepAliveProbes: without leave to call the C library are unavailable, and nobody is asked",
  { skip },
  async () => {
    await assertPrints("permissions/unusual_options", {
      permissions: ["--allow-net"],
    }, [
      "ipv6Only ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
      "typeOfService ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
      "keepAliveProbes ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
    ]);
  },
);

test(
  "ipv6Only: the C library is no way around --allow-net",
  { skip: skip || noLibc },
  async () => {
    await assertPrints("permissions/unusual_options", {
      permissions: ["--allow-ffi", "--allow-net=127.0.0.1"],
    }, [
      `ipv6Only ${
        noSecondTransport ? "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM" : "EACCES"
      }`,
      "typeOfService 16",
      "keepAliveProbes set",
    ]);
  },
);

/** What `permissions/denied_by_node` printed: what it saw, by what it tried. */
async function deniedByNode(
  whose: "own" | "ours",
  path: string,
): Promise<Record<string, [string, unknown][]>> {
  const { stdout, stderr } = await runFixture("permissions/denied_by_node", {
    args: [whose, path],
    env: { NODE_OPTIONS: "--permission --allow-fs-read=*" },
  });
  assert.equal(stderr, "");
  const lines = stdout.trim().split("\n").map((line) => JSON.parse(line));
  return Object.fromEntries(lines);
}

test(
  "connect(), listen(): what Node's permission model denies fails as with Node's net, a listen always by 'error'",
  {
    skip: !process.allowedNodeEnvironmentFlags.has("--allow-net") &&
      "this runtime has no such model",
  },
  async () => {
    const path = uniquePath();
    const [own, ours] = [
      await deniedByNode("own", path),
      await deniedByNode("ours", path),
    ];
    assert.deepEqual(Object.keys(ours), Object.keys(own));
    for (const [what, seen] of Object.entries(own)) {
      // Node's listen() throws at once, in a later turn, or emits it.
      const expected = what.startsWith("listen")
        ? seen.map(([, error]) => ["error", error])
        : seen;
      assert.deepEqual(ours[what], expected, what);
      assert.match(JSON.stringify(seen), /"code":"ERR_ACCESS_DENIED"/);
    }
  },
);
