/**
 * Answering `process.getBuiltinModule("net")`.
 *
 * @module
 */
import { process } from "../builtins.ts";
import { type NetGetter, ORIGINAL } from "../own_net.ts";
import { isNet, type Replacement } from "./replacement.ts";

type GetBuiltinModule = ((id: string) => object | undefined) & {
  [ORIGINAL]?: NetGetter;
};

const holder = process as unknown as { getBuiltinModule: GetBuiltinModule };

/** Whether a copy of this package has answered here already. */
export function isAnswered(): boolean {
  return ORIGINAL in holder.getBuiltinModule;
}

/**
 * Answer `process.getBuiltinModule` with the replacement.
 *
 * @param replacement What to answer with.
 */
export function answerGetBuiltinModule(replacement: Replacement): void {
  const original = holder.getBuiltinModule;
  const getBuiltinModule: GetBuiltinModule = (id) =>
    isNet(id) ? replacement.load().default : original.call(process, id);
  getBuiltinModule[ORIGINAL] = original as NetGetter;
  holder.getBuiltinModule = getBuiltinModule;
}
