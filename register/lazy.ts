/**
 * From here on, `net` and `node:net` are this package. It is loaded when
 * somebody asks for `net`, and not before.
 *
 * ```sh
 * node --import isonet/register app.js
 * bun --preload isonet/register app.js
 * ```
 *
 * @module
 */
import { createRequire } from "node:module";
import type * as net from "../mod.ts";
import { register } from "../runtime/register/register.ts";

const require = createRequire(import.meta.url);
// The module is compiled to where its source is, with another extension.
const path = `../mod${import.meta.url.slice(-3)}`;

register({
  url: new URL(path, import.meta.url).href,
  load: (): typeof net => require(path),
});
