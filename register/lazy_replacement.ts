/**
 * The package as what answers for `net`, loaded when somebody asks for it.
 *
 * @module
 */
import { createRequire } from "node:module";
import type * as net from "../mod.ts";
import type { Replacement } from "../runtime/register/replacement.ts";

const require = createRequire(import.meta.url);
// The module is compiled to where its source is, with another extension.
const path = `../mod${import.meta.url.slice(-3)}`;

export const replacement: Replacement = {
  url: new URL(path, import.meta.url).href,
  load: (): typeof net => require(path),
};
