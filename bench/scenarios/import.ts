/**
 * How long the first import takes.
 *
 * @module
 */
import { runtimeName } from "../runtime.ts";
import { type Scenario, timed } from "./scenario.ts";

/**
 * Bun imports the compiled files, as from npm; Deno imports the sources, as
 * from JSR.
 */
const ISONET = runtimeName === "bun"
  ? "../../dist/mod.js"
  : runtimeName === "deno"
  ? "../../mod.ts"
  : "../../mod.js";

const importTime: Scenario = {
  name: "import",
  title: "import",
  unit: "ms",
  better: "lower",
  contestants: ["isonet", "builtin"],
  inTurnsOnly: true,
  async run(name) {
    const specifier = name === "isonet"
      ? new URL(ISONET, import.meta.url).href
      : "node:net";
    const { seconds, cpu } = await timed(() => import(specifier));
    return { value: seconds * 1000, cpu };
  },
};

export const scenarios: readonly Scenario[] = [importTime];
