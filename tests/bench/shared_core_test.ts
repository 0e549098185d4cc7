import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

interface System {
  platform: string;
  readStatus(): string;
  succeeds(command: string, args: string[]): boolean;
}

interface SharedCore {
  parseCores(list: string): number[];
  chooseCore(status: string): number | undefined;
  findSharedCore(system?: System): { core?: number; reason?: string };
  pinned(
    core: number,
    command: string,
    args: string[],
  ): { command: string; args: string[] };
}

// The compiled test is a folder deeper, and the scripts are not compiled.
const up = import.meta.url.endsWith(".ts") ? "../.." : "../../..";
const { chooseCore, findSharedCore, parseCores, pinned } = await import(
  new URL(`${up}/bench/shared_core.mjs`, import.meta.url).href
) as SharedCore;

const STATUS = `Name:\tnode
Cpus_allowed:\t10f
Cpus_allowed_list:\t0-3,8
Mems_allowed_list:\t0
`;

function system(changes: Partial<System>): System {
  return {
    platform: "linux",
    readStatus: () => STATUS,
    succeeds: () => true,
    ...changes,
  };
}

test("parseCores(): single cores and ranges", () => {
  assert.deepEqual(parseCores("0"), [0]);
  assert.deepEqual(parseCores("4-5"), [4, 5]);
  assert.deepEqual(parseCores("0-3,8"), [0, 1, 2, 3, 8]);
  assert.deepEqual(parseCores("1,6-7,12"), [1, 6, 7, 12]);
});

test("chooseCore(): the last core that the process may use", () => {
  assert.equal(chooseCore(STATUS), 8);
  assert.equal(chooseCore("Cpus_allowed_list:\t0-3\n"), 3);
  assert.equal(chooseCore("Cpus_allowed_list:\t0\n"), 0);
  assert.equal(chooseCore("Name:\tnode\n"), undefined);
});

test("findSharedCore(): tries the core with taskset", () => {
  const calls: string[] = [];
  const found = findSharedCore(system({
    succeeds(command, args) {
      calls.push([command, ...args].join(" "));
      return true;
    },
  }));
  assert.deepEqual(found, { core: 8 });
  assert.deepEqual(calls, ["taskset -c 8 true"]);
});

test("findSharedCore(): tells why there is none", () => {
  const none = [
    system({ platform: "darwin", readStatus: () => assert.fail() }),
    system({ readStatus: () => "" }),
    system({ succeeds: () => false }),
  ];
  const reasons = none.map((each) => {
    const { core, reason } = findSharedCore(each);
    assert.equal(core, undefined);
    return reason;
  });
  assert.match(reasons[0]!, /only Linux/);
  assert.match(reasons[1]!, /no cores/);
  assert.match(reasons[2]!, /taskset is missing/);
});

test("pinned(): runs the command on that core only, if it can", () => {
  assert.deepEqual(pinned(3, "node", ["-e", "0"]), {
    command: "taskset",
    args: ["-c", "3", "node", "-e", "0"],
  });
  const { core } = findSharedCore();
  if (core === undefined) return;
  const { command, args } = pinned(core, "cat", ["/proc/self/status"]);
  const { stdout } = spawnSync(command, args, { encoding: "utf8" });
  assert.match(stdout, new RegExp(`^Cpus_allowed_list:\\s*${core}$`, "m"));
});
