/**
 * The package as what answers for `net`, loaded at once: Deno cannot `require`
 * a module of JSR, and without permission to read none of npm.
 *
 * @module
 */
import * as net from "../mod.ts";
import type { Replacement } from "../runtime/register/replacement.ts";

export const replacement: Replacement = {
  url: new URL(`../mod${import.meta.url.slice(-3)}`, import.meta.url).href,
  load: (): typeof net => net,
};
