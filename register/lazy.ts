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
import { register } from "../runtime/register/register.ts";
import { replacement } from "./lazy_replacement.ts";

register(replacement);
