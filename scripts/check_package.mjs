/**
 * Packs the package, installs it into an empty project and uses it there: in a
 * program of each runtime, by its types, and as the module that JSR would
 * serve.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { readText } from "./layers/source.mjs";
import { entriesOf, loadedBy } from "./package/loads.mjs";
import { typeChecks, usage } from "./package/types.mjs";
import { pool, run } from "./processes.mjs";
import { findRuntimes, npmCommand, ROOT } from "./runtimes.mjs";
import { CROSS, dim, elapsed, log, TICK } from "./terminal.mjs";

const NODE = process.execPath;
const PUBLINT = join(ROOT, "node_modules/publint/src/cli.js");
const DENO_BARE = ["run", "--quiet", "--no-prompt", "--cached-only"];
const DENO_RUN = [...DENO_BARE, "--allow-net"];

const folder = mkdtempSync(join(tmpdir(), "isonet-pack-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** The JavaScript of each entry of the package. */
const ENTRIES = entriesOf(JSON.parse(readText("package.json")).exports);
/** Loaded by the hooks, in a thread of its own. */
const THREAD = "dist/register/import_thread.js";
/** How many files an entry may load, if those are not two. */
const MOST_FILES = /** @type {Record<string, number>} */ ({
  "dist/register/all_eager.js": 5,
  "dist/register/all_lazy.js": 3,
  "dist/register/eager.js": 4,
  "dist/testing/mod.js": 3,
  "dist/testing/adapter.js": 3,
});

/** A server and a client of `net` in one program, which prints "works". */
const PROGRAM = `
const server = net.createServer((socket) => socket.pipe(socket));
server.listen(0, "127.0.0.1", () => {
  const client = net.connect(server.address().port, "127.0.0.1");
  client.on("data", (data) => console.log(String(data)));
  client.on("close", () => server.close());
  client.end("works");
});
`;

/** Names the types in the places where programs do. */
const TYPED = `
const server: net.Server = net.createServer((socket: net.Socket) => {
  const port: number | undefined = socket.remotePort;
  socket.end(String(port));
});
const options: net.TcpSocketConnectOpts = { port: 80, host: "localhost" };
const connected: Promise<net.Socket> = net.promises.connect(options);
void connected.then(() => server[Symbol.asyncIterator]().next());
server.on("drop", (data?: net.DropArgument) => data?.remotePort);
server.once("listening", () => net.connect(options).destroy());
// @ts-expect-error A port is no boolean: the types are there, and not any.
net.connect({ port: true });
`;

/** @type {Record<string, string>} */
const FILES = {
  "package.json": JSON.stringify({ name: "empty", private: true }),
  "esm.mjs": `import net, { isIP } from "isonet";
if (isIP("::1") !== 6 || net.isIP !== isIP) throw new Error("isIP");
${PROGRAM}`,
  "cjs.cjs": `const net = require("isonet");
if (net.isIP("::1") !== 6) throw new Error("isIP");
${PROGRAM}`,
  "trace.mjs": `import net from "isonet";
try {
  new net.Socket().connect({ port: -1 });
} catch (error) {
  console.log(error.stack);
}`,
  "dropped_in.cjs": `const net = require("net");
if (net !== require("isonet").default) throw new Error("net is not replaced");
${PROGRAM}`,
  "import.mjs": `import "isonet";\nconsole.log("works");`,
  "import_testing.mjs": `import "isonet/testing";
import "isonet/testing/adapter";
console.log("works");`,
  "testing.mjs": `import { createNetwork } from "isonet/testing";
import { createMemoryAdapter, systemError } from "isonet/testing/adapter";
if (createMemoryAdapter().name !== "memory") throw new Error("memory");
if (systemError("EPIPE", "write").code !== "EPIPE") throw new Error("EPIPE");
const network = createNetwork({ seed: 1 });
const [app, db] = [network.host("app"), network.host("db")];
db.net.createServer((socket) => socket.end("works")).listen(5432);
app.net.connect(5432, "db").on("data", (data) => console.log(String(data)));
await network.advance(100);`,
  "npm_specifier.mjs": `import net from "npm:isonet";\n${PROGRAM}`,
  "types.mts": `import * as net from "isonet";
import def from "isonet";
const same: typeof net.connect = def.connect;
void same;
${TYPED}`,
  "testing.mts": `import { createNetwork, explore } from "isonet/testing";
import { adapterContract, type RuntimeAdapter } from "isonet/testing/adapter";
const network = createNetwork({ seed: 1, clock: "real" });
const adapter: RuntimeAdapter = network.host("app").adapter;
adapterContract("mine", adapter, { files: false });
const client = network.host("app").net.connect({ port: 1, host: "db" });
client.fault.afterBytes(10, "received").stall(1000);
void explore({ seeds: [1], faults: ["reset"] }, (each) => each.advance(1));
// @ts-expect-error Half a seed is no seed: the types are there, and not any.
createNetwork({ seed: "half" });
`,
  "types.cts": `import net = require("isonet");\n${TYPED}`,
  "types.ts": `import * as net from "isonet";\n${TYPED}`,
};

/** A link to a file of the repository. */
const LINK =
  /^https:\/\/(?:raw\.githubusercontent\.com\/isonet\/net|github\.com\/isonet\/net\/blob)\/main\/([^#]+)/;

const readme = readText("README.md");
const [, example = "", output = ""] =
  /```[jt]s\n([\s\S]*?)```[\s\S]*?```text\n([\s\S]*?)```/.exec(readme) ?? [];
FILES["readme.mjs"] = example;
const [, promisesExample = ""] =
  /```js\n(import \{ connect[\s\S]*?)```/.exec(readme) ?? [];
FILES["readme_promises.mjs"] = promisesExample;

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} [cwd]
 */
async function succeed(command, args, cwd = project) {
  const result = await run(command, args, { cwd, seconds: 300 });
  assert.equal(result.code, 0, `${args.join(" ")}\n${result.output}`);
  return result.stdout;
}

/** @param {string} file */
function inRoot(file) {
  return pathToFileURL(join(ROOT, file)).href;
}

let failed = 0;

/**
 * @param {string} name
 * @param {() => Promise<void>} action
 */
async function step(name, action) {
  const since = Date.now();
  try {
    await action();
    log(`  ${TICK} ${name}  ${dim(elapsed(since))}`);
  } catch (error) {
    failed++;
    log(
      `  ${CROSS} ${name}\n${error instanceof Error ? error.message : error}`,
    );
  }
}

const project = join(folder, "project");
mkdirSync(project);
for (const [name, text] of Object.entries(FILES)) {
  writeFileSync(join(project, name), text);
}

const npm = npmCommand();
/** @param {string[]} args */
async function runNpm(...args) {
  const all = [...npm.args, ...args, "--loglevel=error"];
  const cwd = args[0] === "pack" ? ROOT : project;
  const { code, stdout, output } = await run(npm.command, all, {
    cwd,
    shell: npm.shell,
  });
  assert.equal(code, 0, output);
  return stdout;
}

let tarball = "";
await step("npm pack", async () => {
  const json = await runNpm(
    ...["pack", "--json", "--ignore-scripts", "--pack-destination", folder],
  );
  const parsed = JSON.parse(json);
  const [packed] = Array.isArray(parsed) ? parsed : Object.values(parsed);
  tarball = join(folder, packed.filename);
  const files = packed.files.map((/** @type {{ path: string }} */ f) => f.path);
  const expected =
    /^(dist\/(mod|net|(polyfills|register|runtime|testing)\/.+)\.(js|js\.map|d\.ts)|(README|LICENSE|CHANGELOG|package)(\.md|\.json)?)$/;
  for (const file of files) assert.match(file, expected);
  for (const file of ["dist/mod.js", "dist/mod.d.ts", "LICENSE", "README.md"]) {
    assert.ok(files.includes(file), `${file} is not in the tarball`);
  }
  const code = files.filter((/** @type {string} */ f) => f.endsWith(".js"));
  assert.deepEqual(code.sort(), loadedBy(ENTRIES.concat(THREAD)).sort());
});

await step("links of the README", () => {
  for (const [, target = ""] of readme.matchAll(/\]\(([^)\s]+)\)/g)) {
    assert.match(target, /^(?:https:|#)/, "other pages show the README, too");
    const inRepository = LINK.exec(target)?.[1];
    if (inRepository === undefined) continue;
    assert.ok(existsSync(join(ROOT, inRepository)), `no ${inRepository}`);
  }
  return Promise.resolve();
});

await step("publint", async () => {
  await succeed(NODE, [PUBLINT, "run", tarball, "--strict"]);
});

await step("npm install, offline", async () => {
  await runNpm("install", "--offline", "--ignore-scripts", tarball);
});

await step("files that an entry loads", () => {
  for (const entry of ENTRIES) {
    const files = loadedBy([entry]);
    const most = MOST_FILES[entry] ?? 2;
    assert.ok(files.length <= most, `${entry} loads ${files.join(", ")}`);
  }
  return Promise.resolve();
});

/** @param {string} text */
function works(text) {
  assert.equal(text, "works\n");
}

await step("Node: import", async () => works(await succeed(NODE, ["esm.mjs"])));
await step("Node: require()", async () => {
  works(await succeed(NODE, ["--no-warnings", "cjs.cjs"]));
});
await step("Node: the source in a stack trace", async () => {
  const trace = await succeed(NODE, ["--enable-source-maps", "trace.mjs"]);
  assert.match(trace, /polyfills.socket.socket\.ts:\d+/);
});
for (const entry of ["register", "register/all"]) {
  await step(`Node: isonet/${entry}`, async () => {
    works(
      await succeed(NODE, [
        ...["--no-warnings", "--import", `isonet/${entry}`, "dropped_in.cjs"],
      ]),
    );
  });
}
await step("Node: isonet/testing", async () => {
  works(await succeed(NODE, ["testing.mjs"]));
});
const programs = Object.keys(FILES).filter((name) => /\.[mc]?ts$/.test(name));
await pool(
  typeChecks(project, programs),
  2,
  ({ name, args }) =>
    step(name, async () => {
      await succeed(NODE, args);
    }),
);
await step("README examples on Node", async () => {
  assert.notEqual(example, "", "the README has no example with its output");
  assert.notEqual(promisesExample, "", "the README does not use promises");
  assert.equal(await succeed(NODE, ["readme.mjs"]), output);
  assert.equal(await succeed(NODE, ["readme_promises.mjs"]), "hello\n");
});

for (const { name, path } of findRuntimes(["bun", "deno"]).found) {
  if (name === "bun") {
    await step("Bun: import", async () => {
      works(await succeed(path, ["esm.mjs"]));
    });
    await step("Bun: require()", async () => {
      works(await succeed(path, ["cjs.cjs"]));
    });
    for (const entry of ["register", "register/all"]) {
      await step(`Bun: isonet/${entry}`, async () => {
        works(
          await succeed(path, [
            ...["--preload", `isonet/${entry}`, "dropped_in.cjs"],
          ]),
        );
      });
    }
    await step("Bun: isonet/testing", async () => {
      works(await succeed(path, ["testing.mjs"]));
    });
    await step("README examples on Bun", async () => {
      assert.equal(await succeed(path, ["readme.mjs"]), output);
      assert.equal(await succeed(path, ["readme_promises.mjs"]), "hello\n");
    });
    continue;
  }
  await step("Deno: importing needs no permission", async () => {
    works(await succeed(path, [...DENO_BARE, "import.mjs"]));
    works(await succeed(path, [...DENO_BARE, "import_testing.mjs"]));
  });
  // As npm writes it for a package of the registry: the flag --import does not
  // find one that is listed with a file.
  writeFileSync(
    join(project, "package.json"),
    JSON.stringify({ name: "empty", dependencies: { isonet: "*" } }),
  );
  for (const entry of ["register", "register/all"]) {
    await step(`Deno: isonet/${entry}`, async () => {
      works(
        await succeed(path, [
          ...[...DENO_RUN, "--allow-read", "--import", `npm:isonet/${entry}`],
          "dropped_in.cjs",
        ]),
      );
    });
  }
  await step("Deno: isonet/testing", async () => {
    works(await succeed(path, [...DENO_RUN, "testing.mjs"]));
  });
  await step("Deno: import, --allow-net alone", async () => {
    works(await succeed(path, [...DENO_RUN, "esm.mjs"]));
  });
  await step("Deno: npm:isonet", async () => {
    works(await succeed(path, [...DENO_RUN, "npm_specifier.mjs"]));
  });
  await step("Deno: require()", async () => {
    works(await succeed(path, [...DENO_RUN, "--allow-read", "cjs.cjs"]));
  });
  await step("README examples on Deno", async () => {
    assert.equal(await succeed(path, [...DENO_RUN, "readme.mjs"]), output);
    assert.equal(
      await succeed(path, [...DENO_RUN, "readme_promises.mjs"]),
      "hello\n",
    );
  });
  await step("Deno: the form of JSR", async () => {
    const cwd = join(folder, "jsr");
    mkdirSync(cwd);
    writeFileSync(
      join(cwd, "deno.json"),
      JSON.stringify({
        imports: {
          "@isonet/net": inRoot("mod.ts"),
          "@isonet/net/promises": inRoot("polyfills/promises.ts"),
          "@isonet/net/testing": inRoot("testing/mod.ts"),
          "@isonet/net/testing/adapter": inRoot("testing/adapter.ts"),
        },
        lock: false,
      }),
    );
    const inJsr = (/** @type {string} */ text) =>
      text.replaceAll(/"isonet(?=["/])/g, '"@isonet/net');
    writeFileSync(join(cwd, "main.ts"), inJsr(example));
    writeFileSync(join(cwd, "promises.js"), inJsr(promisesExample));
    writeFileSync(join(cwd, "types.ts"), inJsr(FILES["types.ts"] ?? ""));
    writeFileSync(join(cwd, "testing.js"), inJsr(FILES["testing.mjs"] ?? ""));
    writeFileSync(join(cwd, "testing.ts"), inJsr(FILES["testing.mts"] ?? ""));
    writeFileSync(join(cwd, "usage.ts"), usage("@isonet/net"));
    await succeed(path, [
      "check",
      "--quiet",
      "types.ts",
      "usage.ts",
      "testing.ts",
    ], cwd);
    works(await succeed(path, [...DENO_RUN, "testing.js"], cwd));
    assert.equal(await succeed(path, [...DENO_RUN, "main.ts"], cwd), output);
    assert.equal(
      await succeed(path, [...DENO_RUN, "promises.js"], cwd),
      "hello\n",
    );
  });
}

process.exitCode = failed > 0 ? 1 : 0;
