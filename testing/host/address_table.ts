/**
 * Which addresses, ports and paths of a host are taken, and by whom.
 *
 * @module
 */
import { systemError } from "../../runtime/errors.ts";
import {
  endpointOf,
  isLoopback,
  isWildcard,
  overlap,
  reachOf,
} from "./addresses.ts";
import type { Endpoint } from "../../runtime/adapter.ts";
import type { Reach } from "./addresses.ts";

/** First and last of the ports that are given out. */
const EPHEMERAL = { first: 49_152, last: 65_535 };

/** An address that is taken. */
export interface Entry<Owner> {
  readonly reach: Reach;
  /** `null` for a path. */
  readonly endpoint: Endpoint | null;
  readonly path: string | undefined;
  readonly reusePort: boolean;
  /** Who listens there, if somebody does. */
  owner: Owner | undefined;
}

/** Where somebody wants to be. */
export type Wanted =
  | { readonly kind: "pipe"; readonly path: string }
  | {
    readonly kind: "tcp";
    readonly address: string;
    readonly port: number;
    readonly ipv6Only: boolean;
    readonly reusePort: boolean;
  };

/** The addresses of one host that are taken. */
export class AddressTable<Owner> {
  readonly #addresses: readonly string[];
  readonly #entries = new Set<Entry<Owner>>();
  readonly #busy = new Map<number, number>();
  #lastPort = EPHEMERAL.first - 1;
  #turns = 0;

  constructor(addresses: readonly string[]) {
    this.#addresses = addresses;
  }

  /** Whether an address is this host's. */
  isOwn(address: string): boolean {
    return isLoopback(address) || isWildcard(address) ||
      this.#addresses.includes(address);
  }

  /** Why a bind fails; `undefined` if it does not. */
  refusal(wanted: Wanted): "EADDRINUSE" | "EADDRNOTAVAIL" | undefined {
    if (wanted.kind === "pipe") {
      const isTaken = this.#rivals({ port: -1, path: wanted.path }).length > 0;
      return isTaken ? "EADDRINUSE" : undefined;
    }
    const { address, port, ipv6Only, reusePort } = wanted;
    if (!this.isOwn(address)) return "EADDRNOTAVAIL";
    if (port === 0) return undefined;
    const rivals = this.#rivals(reachOf(address, port, ipv6Only));
    return rivals.every((rival) => rival.reusePort && reusePort)
      ? undefined
      : "EADDRINUSE";
  }

  /**
   * Take an address.
   *
   * @throws {Error} `EADDRINUSE` or `EADDRNOTAVAIL`, of this call.
   */
  take(wanted: Wanted, syscall: "bind" | "listen"): Entry<Owner> {
    const code = this.refusal(wanted);
    const explain = syscall === "listen";
    if (wanted.kind === "pipe") {
      const { path } = wanted;
      if (code) {
        throw systemError(code, syscall, { address: path, port: -1, explain });
      }
      return this.#add({ port: -1, path }, null, path, false);
    }
    const { address, port, ipv6Only, reusePort } = wanted;
    if (code) throw systemError(code, syscall, { address, port, explain });
    const got = port || this.freePort();
    return this.#add(
      reachOf(address, got, ipv6Only),
      endpointOf(address, got),
      undefined,
      reusePort,
    );
  }

  #add(
    reach: Reach,
    endpoint: Endpoint | null,
    path: string | undefined,
    reusePort: boolean,
  ): Entry<Owner> {
    const entry = { reach, endpoint, path, reusePort, owner: undefined };
    this.#entries.add(entry);
    return entry;
  }

  /** Give an address back. */
  free(entry: Entry<Owner>): void {
    this.#entries.delete(entry);
  }

  #rivals(reach: Reach): Entry<Owner>[] {
    return [...this.#entries].filter((entry) => overlap(entry.reach, reach));
  }

  /** Who listens at a path, or at an address and port; in turn, if many do. */
  find(reach: Reach): Owner | undefined {
    const owners = this.#rivals(reach).flatMap(({ owner }) => owner ?? []);
    return owners.length > 1
      ? owners[this.#turns++ % owners.length]
      : owners[0];
  }

  /** Everybody who listens. */
  owners(): Owner[] {
    return [...this.#entries].flatMap(({ owner }) => owner ?? []);
  }

  /** A port that nobody has, in the order of their numbers. */
  freePort(): number {
    for (let i = EPHEMERAL.first; i <= EPHEMERAL.last; i++) {
      this.#lastPort = this.#lastPort < EPHEMERAL.last
        ? this.#lastPort + 1
        : EPHEMERAL.first;
      if (this.#isFree(this.#lastPort)) return this.#lastPort;
    }
    throw systemError("EADDRNOTAVAIL", "bind");
  }

  #isFree(port: number): boolean {
    if (this.#busy.has(port)) return false;
    for (const { reach } of this.#entries) {
      if (reach.port === port) return false;
    }
    return true;
  }

  /** A connection uses a port. */
  use(port: number): void {
    this.#busy.set(port, (this.#busy.get(port) ?? 0) + 1);
  }

  /** A connection is over. */
  unuse(port: number): void {
    const count = this.#busy.get(port);
    if (count === undefined) return;
    if (count > 1) this.#busy.set(port, count - 1);
    else this.#busy.delete(port);
  }
}
