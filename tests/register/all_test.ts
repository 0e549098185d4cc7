/**
 * `isonet/register/all`: connections that other modules of the runtime open.
 *
 * @module
 */
import assert from "node:assert/strict";
import { cert, key } from "../runtime/certificate.ts";
import {
  isBunBefore,
  requestsBySocketsOfItsOwn,
  runtimeName,
} from "../helpers/runtime.ts";
import { PRELOAD, projectOfTests, registerTest } from "./project.ts";

const project = projectOfTests();

const args = [JSON.stringify({ key, cert })];
const ALL = PRELOAD.map((flag) => flag.replace(/register$/, "register/all"));
const isNode = runtimeName === "node";

/** How many connections of this package each way to open one makes. */
const REACHED = {
  "http": 1,
  "http, kept alive": 1,
  "http, again": 0,
  "https": 1,
  "https, kept alive": 1,
  "http2": 1,
  "http2 over TLS": 1,
  // Deno and Bun have a client of their own, without a module below it.
  "fetch": isNode ? 1 : 0,
  "tls.connect(options)": 1,
  "tls.connect(port, host, options)": 1,
  // Deno binds an import by name before anything can be replaced.
  "connect() of tls": runtimeName === "deno" ? 0 : 1,
  "tls.connect() over an open connection": 1,
};

registerTest("register/all: what the runtime opens is this package's", {
  skip: requestsBySocketsOfItsOwn,
}, async () => {
  const { code, stdout, stderr } = await project.run("connections/opened.mjs", {
    flags: ALL,
    args,
  });
  assert.equal(code, 0, stdout + stderr);
  assert.deepEqual(JSON.parse(stdout), REACHED);
});

registerTest("register/all: needs no permission on Deno but what net needs", {
  skip: runtimeName !== "deno",
}, async () => {
  const flags = ["--allow-net", ...ALL];
  const { text } = await project.json("neighbours.mjs", { flags }) as {
    text: string;
  };
  assert.equal(text, "echo");
});

registerTest("register/all: by the module as JSR has it", {
  skip: runtimeName !== "deno",
}, async () => {
  const url = new URL("../../register/all_eager.ts", import.meta.url).href;
  const flags = ["--allow-net", "--import", url];
  const { text } = await project.json("neighbours.mjs", { flags }) as {
    text: string;
  };
  assert.equal(text, "echo");
});

registerTest("register: what the runtime opens stays the runtime's", {
  skip: requestsBySocketsOfItsOwn,
}, async () => {
  const found = await project.json("connections/opened.mjs", { args });
  const own = Object.keys(REACHED).map((way) => [way, 0]);
  assert.deepEqual(found, {
    ...Object.fromEntries(own),
    "tls.connect() over an open connection": 1,
  });
});

registerTest(
  "register/all: errors, lookup, signal and timeout are those of the runtime",
  {
    skip: requestsBySocketsOfItsOwn,
  },
  async () => {
    const own = await project.json("connections/refused.mjs", {
      flags: [],
    }) as Record<string, unknown>;
    // With Bun's own `net`, `http2` reports this one as ECONNRESET before 1.4.3.
    if (isBunBefore("1.4.3")) own["http2"] = "ECONNREFUSED";
    assert.deepEqual(
      await project.json("connections/refused.mjs", { flags: ALL }),
      own,
    );
    assert.deepEqual(own, {
      tls: "ECONNREFUSED",
      path: "ENOENT",
      https: "ECONNREFUSED",
      http: "ECONNREFUSED",
      http2: "ECONNREFUSED",
      "http2 over TLS": "ECONNREFUSED",
      asked: "somewhere",
      remoteAddress: "127.0.0.1",
      address: ["address", "family", "port"],
      aborted: "ABORT_ERR",
    });
  },
);
