/**
 * The contestants by name. Each is loaded only when it takes part.
 *
 * @module
 */
import { runtimeName } from "../runtime.ts";
import type { Contestant, ContestantName } from "./contestant.ts";
import { netContestant, type NetModule } from "./net.ts";

/** Load a contestant. */
export async function contestantOf(name: ContestantName): Promise<Contestant> {
  if (name === "isonet") {
    const net: unknown = await import("../../mod.ts");
    return netContestant(net as NetModule, false);
  }
  if (name === "raw" && runtimeName === "deno") {
    return (await import("./raw_deno.ts")).contestant;
  }
  if (name === "raw" && runtimeName === "bun") {
    return (await import("./raw_bun.ts")).contestant;
  }
  return netContestant(await import("node:net"), name === "raw");
}
