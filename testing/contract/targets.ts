/**
 * Where to listen and to connect.
 *
 * @module
 */
import type {
  Connection,
  PipeConnectTarget,
  PipeListenTarget,
  TcpConnectTarget,
  TcpListenTarget,
} from "../../runtime/adapter.ts";
import { uniquePath } from "./paths.ts";

/** TCP, or a Unix domain socket or named pipe. */
export type Kind = Connection["kind"];

/** A loopback address to listen on. */
export function tcpOn(over: Partial<TcpListenTarget> = {}): TcpListenTarget {
  return {
    kind: "tcp",
    address: "127.0.0.1",
    port: 0,
    backlog: 511,
    ipv6Only: false,
    reusePort: false,
    exclusive: false,
    ...over,
  };
}

/** A path to listen on. */
export function pipeOn(over: Partial<PipeListenTarget> = {}): PipeListenTarget {
  return {
    kind: "pipe",
    path: uniquePath(),
    backlog: 511,
    readableAll: false,
    writableAll: false,
    exclusive: false,
    ...over,
  };
}

/** A fresh address of this kind. */
export function listenOn(kind: Kind): TcpListenTarget | PipeListenTarget {
  return kind === "tcp" ? tcpOn() : pipeOn();
}

/** A loopback peer. */
export function tcpTo(
  port: number,
  over: Partial<TcpConnectTarget> = {},
): TcpConnectTarget {
  return {
    kind: "tcp",
    address: "127.0.0.1",
    family: 4,
    port,
    referenced: true,
    ...over,
  };
}

/** A path to connect to. */
export function pipeTo(path: string): PipeConnectTarget {
  return { kind: "pipe", path, referenced: true };
}
