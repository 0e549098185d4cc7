/**
 * Entries that a `PerformanceObserver` of `"net"` receives.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import process from "node:process";
import * as perfHooks from "node:perf_hooks";
import {
  type EntryType,
  type PerformanceEntry,
  PerformanceObserver,
} from "node:perf_hooks";
import { event } from "../helpers/net_helpers.ts";
import { eachTcp, portOf } from "../helpers/transports.ts";

/** Deno takes them since 2.8; Bun does not. */
const takesEntries = process.versions.bun === undefined &&
  (!process.versions.deno || "enqueueNodePerformanceEntry" in perfHooks);

eachTcp(
  "connect(): is a performance entry, with the address and the time it took",
  async (bed) => {
    const entries: PerformanceEntry[] = [];
    const observed = new EventEmitter();
    const observer = new PerformanceObserver((list) => {
      entries.push(...list.getEntries());
      observed.emit("entries");
    });
    observer.observe({ type: "net" as EntryType });
    try {
      const server = await bed.listen();
      const before = performance.now();
      const client = bed.connect(server);
      const told = event(observed, "entries");
      await event(client, "connect");
      await told;
      assert.equal(entries.length, 1);
      const [entry] = entries as [PerformanceEntry & { detail: unknown }];
      const { name, entryType, startTime, duration, detail } = entry;
      assert.deepEqual({ name, entryType, detail }, {
        name: "connect",
        entryType: "net",
        detail: { host: client.remoteAddress, port: portOf(server) },
      });
      assert.ok(startTime >= before);
      assert.ok(duration >= 0);
      assert.ok(startTime + duration <= performance.now());
    } finally {
      observer.disconnect();
    }
  },
  !takesEntries && "this runtime takes no 'net' entries from outside",
);
