/**
 * Starts the servers of a program that `scripts/demo.mjs` runs. The script
 * reads the addresses from standard output, and ends the program by closing its
 * standard input.
 *
 * @module
 */
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import type * as net from "../mod.ts";
import type { Target } from "./scenarios.ts";

/** What a program starts: servers by the name of their service. */
export type Services = Record<string, () => net.Server>;

/** `"tcp"` or `"unix"`, and where the paths are. */
const [transport, folder = "."] = process.argv.slice(2);
/** `true` on a Unix domain socket. */
export const ipc: boolean = transport === "unix";

/** Listens on a free port of the loopback, or on a path in the folder given. */
async function listen(server: net.Server, name: string): Promise<Target> {
  const host = "127.0.0.1";
  const path = join(folder, `${name}.sock`);
  server.listen(ipc ? { path } : { port: 0, host });
  await once(server, "listening");
  const address = server.address();
  return address === null || typeof address === "string"
    ? { path }
    : { port: address.port, host };
}

/**
 * Starts every service, prints the addresses, and closes all of them when
 * standard input ends.
 *
 * @param services The servers to create.
 * @param close What else has to be closed.
 */
export async function serve(
  services: Services,
  close?: () => void,
): Promise<void> {
  const servers: net.Server[] = [];
  const targets: Record<string, Target> = {};
  for (const [name, create] of Object.entries(services)) {
    const server = create();
    servers.push(server);
    targets[name] = await listen(server, name);
  }
  console.log(JSON.stringify(targets));
  process.stdin.resume();
  process.stdin.on("end", () => {
    for (const server of servers) server.close();
    close?.();
  });
}
