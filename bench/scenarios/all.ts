/**
 * All scenarios, in the order of the report.
 *
 * @module
 */
import { scenarios as connect } from "./connect.ts";
import { scenarios as http } from "./http.ts";
import { scenarios as idle } from "./idle.ts";
import { scenarios as importing } from "./import.ts";
import { scenarios as micro } from "./micro.ts";
import { scenarios as pingPong } from "./ping_pong.ts";
import type { Scenario } from "./scenario.ts";
import { scenarios as tls } from "./tls.ts";
import { scenarios as transfer } from "./transfer.ts";

const ORDER = [
  ...["ping-pong", "bulk", "small-writes", "pipe", "strings", "connect"],
  ...["tls", "http"],
  ...["idle", "import", "message-cost", "heap-growth", "micro"],
];

const place = ({ name }: Scenario) =>
  ORDER.findIndex((prefix) => name.startsWith(prefix));

/** Every scenario. */
export const scenarios: readonly Scenario[] = [
  ...pingPong,
  ...transfer,
  ...connect,
  ...tls,
  ...http,
  ...idle,
  ...importing,
  ...micro,
].sort((a, b) => place(a) - place(b));
