/**
 * The contestants by name. Each is loaded only when it takes part.
 *
 * @module
 */
import { runtimeName } from "../runtime.ts";
import type { Contestant, ContestantName } from "./contestant.ts";
import { netContestant, type NetModule, netModuleOf } from "./net.ts";

async function bareNet(): Promise<NetModule> {
  switch (runtimeName) {
    case "deno":
      return (await import("./bare_deno.ts")).bareNet;
    case "bun":
      return (await import("./bare_bun.ts")).bareNet;
    case "node":
      return (await import("./bare_node.ts")).bareNet;
  }
}

/** Loads a contestant. */
export async function contestantOf(name: ContestantName): Promise<Contestant> {
  if (name === "isonet") return netContestant(await netModuleOf(name), false);
  if (name === "bare") return netContestant(await bareNet(), false);
  if (name === "raw" && runtimeName === "deno") {
    return (await import("./raw_deno.ts")).contestant;
  }
  if (name === "raw" && runtimeName === "bun") {
    return (await import("./raw_bun.ts")).contestant;
  }
  return netContestant(await netModuleOf("builtin"), name === "raw");
}
