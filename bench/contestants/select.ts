/**
 * The contestants by name. Each is loaded only when it takes part.
 *
 * @module
 */
import { runtimeName } from "../runtime.ts";
import type { Contestant, ContestantName } from "./contestant.ts";
import { netContestant, type NetModule } from "./net.ts";

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
  if (name === "isonet") {
    const net: unknown = await import("../../mod.ts");
    return netContestant(net as NetModule, false);
  }
  if (name === "bare") return netContestant(await bareNet(), false);
  if (name === "raw" && runtimeName === "deno") {
    return (await import("./raw_deno.ts")).contestant;
  }
  if (name === "raw" && runtimeName === "bun") {
    return (await import("./raw_bun.ts")).contestant;
  }
  return netContestant(await import("node:net"), name === "raw");
}
