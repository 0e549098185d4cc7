/**
 * What a simulated host is inside: its addresses, descriptors, listeners and
 * connections.
 *
 * @module
 */
import type { Endpoint } from "../../runtime/adapter.ts";
import { systemError } from "../../runtime/errors.ts";
import type { Clock } from "../clock/clock.ts";
import type { Link } from "../link/link.ts";
import { type Home, TcpEnd } from "../tcp/end.ts";
import type { Packet } from "../tcp/packet.ts";
import { type Place, type Side, Wire } from "../tcp/wire.ts";
import type { Note } from "../trace/entry.ts";
import { AddressTable, type Entry } from "./address_table.ts";
import { endpointOf, isWildcard, reachOf } from "./addresses.ts";
import { Descriptors } from "./descriptors.ts";
import { type Ground, SimulatedListener } from "./listener.ts";

/** The network, as a host sees it. */
export interface Surroundings {
  /** The time of the network. */
  readonly clock: Clock;
  /** Writes down what happens. */
  readonly note: Note;
  /** The way between two hosts. */
  link(one: string, other: string): Link;
  /** The host that has an address. */
  byAddress(address: string): Machine | undefined;
  /** The addresses of a host, by its name. */
  addressesOf(name: string): readonly string[] | undefined;
  /** The number of the next connection. */
  nextConnection(): number;
  /** Somebody connects; the network may have a fault in mind for it. */
  connecting(wire: Wire): void;
}

/** Something of a program that is open. */
interface Open {
  describe(): string;
}

/** A simulated host inside. */
export class Machine implements Ground, Home {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly table: AddressTable<SimulatedListener>;
  readonly descriptors: Descriptors;
  readonly surroundings: Surroundings;
  readonly #open = new Set<Open>();
  /** Ends that packets arrive at, those that nobody has accepted included. */
  readonly #ends = new Set<TcpEnd>();
  #isDown = false;

  constructor(
    surroundings: Surroundings,
    name: string,
    addresses: readonly string[],
    descriptors: number,
  ) {
    this.surroundings = surroundings;
    this.name = name;
    this.addresses = addresses;
    this.table = new AddressTable(addresses);
    this.descriptors = new Descriptors(descriptors);
  }

  get clock(): Clock {
    return this.surroundings.clock;
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  /** Write down what happens here. */
  note(what: string, port?: number | string): void {
    this.surroundings.note({
      what,
      from: { host: this.name, ...port !== undefined && { port } },
    });
  }

  /** What the program has open here, in words. */
  describeOpen(): string[] {
    return [...this.#open].map((open) => `${this.name}: ${open.describe()}`);
  }

  /** The program has this open from now on. */
  opened(open: Open): void {
    this.#open.add(open);
  }

  /** It is closed. */
  closed(open: Open): void {
    this.#open.delete(open);
    if (open instanceof SimulatedListener) this.table.free(open.entry);
    if (open instanceof TcpEnd) {
      this.descriptors.free(open.fd);
      if (open.side === "client" && typeof open.port === "number") {
        this.table.unuse(open.port);
      }
    }
  }

  /** Whether the program has it open. */
  isOpen(open: Open): boolean {
    return this.#open.has(open);
  }

  /** No packet is for this end any more. */
  left(end: TcpEnd): void {
    this.#ends.delete(end);
  }

  // Ground of a listener

  soon(action: () => void): void {
    this.clock.soon(action);
  }

  tell(call: () => void): void {
    this.clock.tell(call);
  }

  takeDescriptor(): number {
    return this.descriptors.take();
  }

  freeDescriptor(fd: number): void {
    this.descriptors.free(fd);
  }

  onceDescriptorFree(call: () => void): void {
    this.descriptors.onceFree(call);
  }

  makeEnd(
    wire: Wire,
    local: Endpoint | null,
    remote: Endpoint | null,
    opened: (end: TcpEnd, error: Error | null) => void,
    side: Side = "server",
  ): TcpEnd {
    const end: TcpEnd = new TcpEnd({
      home: this,
      wire,
      side,
      local,
      remote,
      port: wire.place(side).port,
      opened: (error) => opened(end, error),
    });
    this.#ends.add(end);
    return end;
  }

  // Connections

  /** Where a client of this host connects from, to get there. */
  sourceFor(address: string, machine: Machine): string | undefined {
    if (machine === this) return address;
    const isIPv6 = address.includes(":");
    return this.addresses.find((own) => own.includes(":") === isIPv6);
  }

  /**
   * A connection from here to there; nothing is sent yet.
   *
   * @param from `null` for a path, as `to` is.
   */
  wireTo(
    machine: Machine,
    from: Endpoint | null,
    to: Endpoint | null,
    path?: string,
  ): Wire {
    const { clock, note } = this.surroundings;
    const here = from?.port ?? "client";
    const there = to?.port ?? path!;
    const wire: Wire = new Wire(
      this.surroundings.nextConnection(),
      this.surroundings.link(this.name, machine.name),
      clock,
      note,
      { ...nowhere(this), port: here },
      {
        ...nowhere(machine),
        port: there,
        arrive: (packet: Packet) =>
          machine.#asked(wire, packet, from, to, path),
      },
    );
    return wire;
  }

  /** The host that an address leads to from here. */
  hostAt(address: string): Machine | undefined {
    return this.table.isOwn(address)
      ? this
      : this.surroundings.byAddress(address);
  }

  /** A packet for a connection that is not there: a SYN may make it. */
  #asked(
    wire: Wire,
    { flag }: Packet,
    from: Endpoint | null,
    to: Endpoint | null,
    path: string | undefined,
  ): void {
    if (flag === "RST" || flag === "ACK") return;
    if (flag === "SYN") {
      const listener = this.table.find(
        to ? reachOf(to.address, to.port) : { port: -1, path: path! },
      );
      if (listener) {
        if (!listener.ask(wire, from, to)) {
          this.note("the accept queue is full", to?.port ?? path);
        }
        return;
      }
    }
    wire.send("server", { flag: "RST", seq: 0, ack: 0, edge: 0 });
    wire.finished("server");
  }

  /** An address to connect to, with the wildcard for what it stands for. */
  static reachable(address: string): string {
    if (!isWildcard(address)) return address;
    return address === "::" ? "::1" : "127.0.0.1";
  }

  /** Whether it is one address, and does not stand for all. */
  static isSpecific(address: string): boolean {
    return !isWildcard(address);
  }

  /** Take an address to listen at. */
  take(
    ...[wanted, syscall]: Parameters<AddressTable<SimulatedListener>["take"]>
  ): Entry<SimulatedListener> {
    if (this.#isDown) throw this.networkDown(syscall);
    return this.table.take(wanted, syscall);
  }

  /** The error of a host that has crashed. */
  networkDown(syscall: string): Error {
    return systemError("ENETDOWN", syscall);
  }

  /** Where a client gets a port of its own. */
  sourceEndpoint(address: string, port: number): Endpoint {
    const got = port || this.table.freePort();
    this.table.use(got);
    return endpointOf(address, got);
  }

  // Faults

  /** Everything under way is gone, and nothing reaches it. */
  crash(): void {
    if (this.#isDown) return;
    this.#isDown = true;
    this.note("crash");
    for (const listener of this.table.owners()) listener.crash();
    for (const end of [...this.#ends]) end.crash();
  }

  /** It is there again; who listened listens. */
  restart(): void {
    if (!this.#isDown) return;
    this.#isDown = false;
    this.note("restart");
  }
}

/** A place where nothing is, of a host. */
function nowhere(machine: Machine): Omit<Place, "port"> {
  return {
    host: machine.name,
    isDown: () => machine.isDown,
    arrive() {},
  };
}
