/**
 * Servers in the workers of a `node:cluster` share one address on which the
 * primary listens.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Outcome, Role, Seen } from "../fixtures/cluster.ts";
import {
  noInheritedPath,
  sharesNoAddress,
  sharesNoPath,
} from "../helpers/runtime.ts";
import { runFixture } from "../helpers/spawn.ts";
import { uniquePath } from "../helpers/temp_folder.ts";
import { tcp4, testOver, unix } from "../helpers/transports.ts";

/** Who accepts: the primary, in turn, or each worker for itself. */
type Policy = "rr" | "none";

/** Runs a cluster of these workers with this number of clients. */
async function cluster(
  where: string,
  workers: readonly Role[],
  clients: number,
  policy: Policy = "rr",
): Promise<Outcome> {
  const { stdout, stderr, code } = await runFixture("cluster", {
    args: [where, JSON.stringify(workers), String(clients)],
    env: { NODE_CLUSTER_SCHED_POLICY: policy },
  });
  assert.equal(stderr, "");
  assert.equal(code, 0);
  return JSON.parse(stdout) as Outcome;
}

/** Declares a test over TCP and over a path; `where` is a new address. */
function clusterTest(
  name: string,
  fn: (where: string) => Promise<void>,
  skipPath: string | false = false,
): void {
  const timeout = 60_000;
  test(`${name} [tcp4]`, { timeout, skip: sharesNoAddress }, () => fn("0"));
  test(
    `${name} [unix]`,
    { timeout, skip: sharesNoAddress || sharesNoPath || skipPath },
    () => fn(uniquePath()),
  );
}

clusterTest(
  "Server.listen() in cluster workers: they share the address and take turns",
  async (where) => {
    const { answers, workers } = await cluster(
      where,
      [{ name: "a" }, { name: "b" }],
      4,
    );
    assert.deepEqual(workers[0]!.address, workers[1]!.address);
    assert.deepEqual(answers.toSorted(), ["a", "a", "b", "b"]);
  },
);

for (const policy of ["rr", "none"] as const) {
  clusterTest(
    `Server.listen() in a cluster worker (${policy}): called twice, it throws and listens once`,
    async (where) => {
      const { answers, workers } = await cluster(
        where,
        [{ name: "a", listens: 2 }],
        1,
        policy,
      );
      const [{ listening, error, thrown }] = workers as [Seen];
      assert.deepEqual(thrown, ["ERR_SERVER_ALREADY_LISTEN"]);
      assert.equal(error, undefined);
      assert.equal(listening, 1);
      assert.deepEqual(answers, ["a"]);
    },
    policy === "none" && noInheritedPath,
  );
}

clusterTest(
  "Server.maxConnections in a cluster worker: beyond it another worker is asked",
  async (where) => {
    const { answers, workers } = await cluster(
      where,
      [{ name: "a", maxConnections: 1 }, { name: "b" }],
      4,
    );
    assert.deepEqual(answers.toSorted(), ["a", "b", "b", "b"]);
    assert.deepEqual(workers.map(({ drops }) => drops), [0, 0]);
  },
);

clusterTest(
  "Server.dropMaxConnection in a cluster worker: beyond the limit it drops",
  async (where) => {
    const worker = { name: "a", maxConnections: 1, dropMaxConnection: true };
    const { answers, workers } = await cluster(where, [worker], 3);
    assert.deepEqual(answers, ["a", "", ""]);
    assert.equal(workers[0]!.drops, 2);
  },
);

clusterTest(
  "Server.maxConnections in a cluster worker that accepts by itself: beyond it, it drops",
  async (where) => {
    const worker = { name: "a", maxConnections: 1 };
    const { answers, workers } = await cluster(where, [worker], 3, "none");
    assert.deepEqual(answers, ["a", "", ""]);
    assert.equal(workers[0]!.drops, 2);
  },
  noInheritedPath,
);

for (const transport of [tcp4, unix]) {
  for (const policy of ["rr", "none"] as const) {
    testOver(
      transport,
      `Server.listen() in a cluster worker (${policy}): a taken address is an 'error' of bind`,
      async (bed) => {
        const taken = (await bed.listen()).address()!;
        const isPath = typeof taken === "string";
        const where = isPath ? taken : String(taken.port);
        const { workers } = await cluster(where, [{ name: "a" }], 0, policy);
        assert.equal(
          workers[0]!.error,
          `bind EADDRINUSE ${isPath ? taken : `127.0.0.1:${taken.port}`}`,
        );
      },
      sharesNoAddress || transport.ipc && sharesNoPath,
    );
  }
}
