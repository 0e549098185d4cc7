/**
 * A TCP socket as Linux sees it: its line in the kernel's table, and its
 * options where the runtime can call the C library.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import process from "node:process";
import type * as net from "../../mod.ts";
import { runtimeName } from "./runtime.ts";

const TABLE = "/proc/net/tcp";
const DESCRIPTORS = "/proc/self/fd";

/** Why {@linkcode secondsToProbe} does not work here, or `false`. */
export const noTable: string | false =
  process.platform === "linux" && existsSync(TABLE)
    ? false
    : "only Linux shows its TCP sockets";

/** Ticks in a second, the unit of the kernel's table. */
const TICKS = 100;

/** The timer column's code of a running keep-alive timer. */
const KEEP_ALIVE = "02";

/** Both ports of a socket, of this process or of another. */
type Ports = Pick<net.Socket, "localPort" | "remotePort">;

/** The columns of an IPv4 socket's line, from its state on. */
function lineOf({ localPort, remotePort }: Ports): string[] {
  const hex = (port?: number) =>
    port!.toString(16).toUpperCase().padStart(4, "0");
  const ends = new RegExp(`:${hex(localPort)} \\S+:${hex(remotePort)} (.*)`);
  return ends.exec(readFileSync(TABLE, "utf8"))![1]!.split(/\s+/);
}

/**
 * Seconds until the kernel probes the peer of `socket`, or `null` if it will
 * not.
 */
export function secondsToProbe(socket: Ports): number | null {
  const [timer, ticks] = lineOf(socket)[2]!.split(":");
  return timer === KEEP_ALIVE ? parseInt(ticks!, 16) / TICKS : null;
}

function descriptorOf(socket: net.Socket): number {
  const target = `socket:[${lineOf(socket)[6]}]`;
  return Number(
    readdirSync(DESCRIPTORS).find((fd) => {
      try {
        return readlinkSync(`${DESCRIPTORS}/${fd}`) === target;
      } catch {
        return false; // the descriptor that read the folder is closed by now
      }
    }),
  );
}

type GetOption = (
  fd: number,
  level: number,
  option: number,
  value: Int32Array,
  length: Uint32Array,
) => number;

function loadGetOption(): GetOption {
  const { Bun, Deno } = globalThis as unknown as {
    Bun?: unknown;
    Deno: { dlopen(library: string, symbols: object): never };
  };
  const library: { symbols: { getsockopt: GetOption } } = Bun
    ? (process.getBuiltinModule("bun:ffi") as unknown as typeof Deno).dlopen(
      "libc.so.6",
      {
        getsockopt: {
          args: ["int", "int", "int", "ptr", "ptr"],
          returns: "int",
        },
      },
    )
    : Deno.dlopen("libc.so.6", {
      getsockopt: {
        parameters: ["i32", "i32", "i32", "buffer", "buffer"],
        result: "i32",
      },
    });
  return library.symbols.getsockopt;
}

/** Why an option of a socket cannot be read here, or `false`. */
export const noOptions: string | false = noTable ||
  (runtimeName === "node" && "Node cannot ask for a socket's options");

let getOption: GetOption | undefined;

// The numbers of these options on Linux.
const SOL_SOCKET = 1;
const SO_KEEPALIVE = 9;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;
const TCP_KEEPIDLE = 4;
const TCP_KEEPINTVL = 5;
const TCP_KEEPCNT = 6;

/** Reads the options of a socket. */
function optionsOf(
  socket: net.Socket,
): (level: number, option: number) => number {
  const get = getOption ??= loadGetOption();
  const fd = descriptorOf(socket);
  return (level, option) => {
    const value = new Int32Array(1);
    if (get(fd, level, option, value, Uint32Array.of(4)) !== 0) {
      throw new Error(`getsockopt(${fd}, ${level}, ${option})`);
    }
    return value[0]!;
  };
}

/** Whether Nagle's algorithm is off in the kernel. */
export function noDelayOf(socket: net.Socket): boolean {
  return optionsOf(socket)(IPPROTO_TCP, TCP_NODELAY) !== 0;
}

/** The keep-alive settings in the kernel, in seconds; `null` if it is off. */
export function keepAliveOf(
  socket: net.Socket,
): { delay: number; interval: number; count: number } | null {
  const read = optionsOf(socket);
  if (read(SOL_SOCKET, SO_KEEPALIVE) === 0) return null;
  return {
    delay: read(IPPROTO_TCP, TCP_KEEPIDLE),
    interval: read(IPPROTO_TCP, TCP_KEEPINTVL),
    count: read(IPPROTO_TCP, TCP_KEEPCNT),
  };
}
