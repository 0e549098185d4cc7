/**
 * The client of the demo.
 *
 *     client.ts '{"echo":{"port":1234,"host":"127.0.0.1"}}'
 *
 * @module
 */
import { play } from "./report.ts";
import { scenarios } from "./scenarios.ts";

await play(scenarios);
