/**
 * Runs a fixture once more, with a listening socket as its descriptor 3. Node
 * binds it for every runtime, since not all of them can pass a listening socket
 * to a process.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runtimeName } from "./runtime.ts";

const BINDER = `
const fs = require("fs");
const [where, ...command] = process.argv.slice(1);
const tcp = where === "tcp";
const server = require("net").createServer();
server.listen(tcp ? { port: 0, host: "127.0.0.1" } : where + ".0", () => {
  // The name that close() removes is not the name that peers use.
  if (!tcp) fs.linkSync(where + ".0", where);
  const stdio = ["inherit", "inherit", "inherit", server._handle.fd];
  require("child_process").spawn(command[0], command.slice(1), { stdio });
  server.close();
});
`;

/** The descriptor that the fixture finds the socket at. */
export const INHERITED_FD = 3;

/**
 * @param where `"tcp"`, or a path to listen on.
 * @param fixture The URL of the fixture.
 * @param args Its arguments.
 */
export function runWithListener(
  where: string,
  fixture: string,
  args: readonly string[] = [],
): ChildProcess {
  const node = runtimeName === "node" ? process.execPath : "node";
  const command = [
    process.execPath,
    ...runtimeName === "deno" ? ["run", "--allow-all", "--no-check"] : [],
    fileURLToPath(fixture),
    ...args,
  ];
  return spawn(node, ["-e", BINDER, where, ...command], { stdio: "inherit" });
}
