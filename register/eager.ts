/**
 * From here on, `net` and `node:net` are this package.
 *
 * ```sh
 * deno run --allow-net --import jsr:@isonet/net/register app.ts
 * ```
 *
 * It loads the package at once: Deno cannot `require` a module of JSR, and
 * without permission to read none of npm.
 *
 * @module
 */
import * as net from "../mod.ts";
import { register } from "../runtime/register/register.ts";

register({
  url: new URL(`../mod${import.meta.url.slice(-3)}`, import.meta.url).href,
  load: (): typeof net => net,
});
