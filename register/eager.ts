/**
 * From here on, `net` and `node:net` are this package.
 *
 * ```sh
 * deno run --allow-net --import jsr:@isonet/net/register app.ts
 * ```
 *
 * @module
 */
import { register } from "../runtime/register/register.ts";
import { replacement } from "./eager_replacement.ts";

register(replacement);
