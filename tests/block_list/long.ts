/**
 * The properties of `property_test.ts` over a million cases, or as
 * many as the argument says. Half of them are sequences of calls on a list.
 *
 *     deno run -A tests/block_list/long.ts
 *     bun tests/block_list/long.ts 100000
 *     node tests/block_list/long.ts          Node 22.18 and later
 *
 * @module
 */
import process from "node:process";
import { checkBlockList, checkIsIP, checkSocketAddress } from "./properties.ts";

const cases = Number(process.argv[2] ?? 1_000_000);
const started = performance.now();
checkIsIP(cases / 4);
checkSocketAddress(cases / 4);
checkBlockList(cases / 2);
const seconds = Math.round((performance.now() - started) / 1000);
console.log(`${cases} cases hold, in ${seconds} s`);
