/**
 * An attempt of a simulated host to connect.
 *
 * @module
 */
import type {
  ConnectAttempt,
  ConnectSink,
  ConnectTarget,
  Endpoint,
  TcpConnectTarget,
} from "../../runtime/adapter.ts";
import { systemError } from "../../runtime/errors.ts";
import type { Alarm } from "../clock/queue.ts";
import { REMOTE } from "../link/settings.ts";
import type { TcpEnd } from "../tcp/end.ts";
import { announce, faultsFor } from "../tcp/faults.ts";
import { familyOf } from "./addresses.ts";
import { Machine } from "./machine.ts";

/** First wait for the answer to a SYN, in milliseconds; then twice as long. */
const FIRST_WAIT = 1000;
/** Most sent SYNs: Linux gives up after 127 seconds. */
const MOST_SYNS = 7;

/** What an attempt starts from, if that was bound before. */
export interface Source {
  readonly endpoint: Endpoint | null;
  readonly fd: number;
}

/** An attempt to connect; see `runtime/adapter.ts`. */
export class SimulatedAttempt implements ConnectAttempt {
  readonly #machine: Machine;
  readonly #target: ConnectTarget;
  readonly #sink: ConnectSink;
  readonly #source: Source | undefined;
  #alarm: Alarm | undefined;
  #fd = -1;
  #local: Endpoint | null = null;
  #end: TcpEnd | undefined;
  #sent = 0;

  constructor(
    machine: Machine,
    target: ConnectTarget,
    sink: ConnectSink,
    source?: Source,
  ) {
    this.#machine = machine;
    this.#target = target;
    this.#sink = sink;
    this.#source = source;
    machine.opened(this);
    this.#alarm = machine.clock.soon(() => this.#start());
  }

  localEndpoint(): Endpoint | null {
    return this.#local;
  }

  ref(): void {}
  unref(): void {}

  abort(): void {
    if (!this.#isOver()) return;
    this.#end?.turnAway();
  }

  /** Where it goes, in words. */
  describe(): string {
    const target = this.#target;
    const where = target.kind === "tcp"
      ? `${target.address} port ${target.port}`
      : target.path;
    return `an attempt to connect to ${where}, asked ${this.#sent} times`;
  }

  /** The attempt is over; `false` if it was before. Frees what it holds. */
  #isOver(keepsDescriptor = false): boolean {
    if (!this.#machine.isOpen(this)) return false;
    this.#machine.closed(this);
    this.#machine.clock.cancel(this.#alarm);
    if (!keepsDescriptor) {
      this.#machine.freeDescriptor(this.#fd);
      if (this.#local) this.#machine.table.unuse(this.#local.port);
    }
    return true;
  }

  #fail(code: string, syscall = "connect"): void {
    const target = this.#target;
    const details = target.kind === "pipe"
      ? { address: target.path }
      : syscall === "bind"
      ? { address: target.localAddress, port: target.localPort }
      : { ...target, ...this.#asked() };
    if (!this.#isOver()) return;
    const error = systemError(code, syscall, details);
    this.#machine.tell(() => this.#sink.onError(error));
  }

  /** The source that was asked for, as it came out. */
  #asked(): { localAddress?: string; localPort?: number } {
    const { localAddress, localPort } = this.#target as TcpConnectTarget;
    // Node names no source whose port was the system's choice.
    if (!this.#local || !localAddress || !localPort) return {};
    return { localAddress: this.#local.address, localPort: this.#local.port };
  }

  #start(): void {
    const machine = this.#machine;
    const target = this.#target;
    if (machine.isDown) return this.#fail("ENETDOWN");
    this.#fd = this.#source?.fd ?? machine.takeDescriptor();
    if (this.#fd < 0) return this.#fail("EMFILE");
    if (target.kind === "pipe") return this.#startPipe(target.path);
    const { localAddress, localPort } = target;
    if (localAddress || localPort) {
      const refusal = this.#bindRefusal(target);
      if (refusal) return this.#fail(refusal, "bind");
      machine.tell(() => this.#sink.onBound?.());
      if (!machine.isOpen(this)) return;
    }
    this.#startTcp(target);
  }

  /** Why the source address cannot be had. */
  #bindRefusal(target: TcpConnectTarget): string | undefined {
    const any = target.family === 4 ? "0.0.0.0" : "::";
    const address = target.localAddress ?? any;
    if (familyOf(address) !== target.family) return "EINVAL";
    return this.#machine.table.refusal({
      kind: "tcp",
      address,
      port: target.localPort ?? 0,
      ipv6Only: false,
      reusePort: false,
    });
  }

  #startPipe(path: string): void {
    const machine = this.#machine;
    if (!machine.table.find({ port: -1, path })) {
      return this.#fail(path.startsWith("\0") ? "ECONNREFUSED" : "ENOENT");
    }
    this.#connect(machine, null, null, path);
  }

  #startTcp(target: TcpConnectTarget): void {
    const machine = this.#machine;
    const address = Machine.reachable(target.address);
    const peer = machine.hostAt(address);
    if (!peer) {
      this.#alarm = machine.clock.after(
        REMOTE.latency,
        () => this.#fail("EHOSTUNREACH"),
      );
      return;
    }
    const bound = this.#source?.endpoint;
    const wanted = target.localAddress ?? bound?.address;
    const own = wanted && Machine.isSpecific(wanted)
      ? wanted
      : machine.sourceFor(address, peer);
    if (!own) return this.#fail("ENETUNREACH");
    this.#local = machine.sourceEndpoint(
      own,
      bound?.port ?? target.localPort ?? 0,
    );
    const { port, family } = target;
    const to = { address, family: family === 4 ? "IPv4" : "IPv6", port };
    this.#connect(peer, this.#local, to);
  }

  #connect(
    peer: Machine,
    from: Endpoint | null,
    to: Endpoint | null,
    path?: string,
  ): void {
    const machine = this.#machine;
    const wire = machine.wireTo(peer, from, to, path);
    const attempt = wire.link.announce(machine.name, to?.port ?? path!);
    const { verdict, waits } = attempt;
    if (verdict.kind === "fail") {
      wire.finished("client");
      wire.finished("server");
      return this.#fail(verdict.code);
    }
    machine.surroundings.connecting(wire);
    this.#end = machine.makeEnd(
      wire,
      from,
      to,
      (end, error) => this.#opened(end, error),
      "client",
    );
    if (verdict.kind === "ignore") wire.silence("client");
    faultsFor(this.#sink)?.bind(wire, "client");
    const begin = () => {
      if (machine.isDown) return this.#fail("ENETDOWN");
      if (verdict.kind === "refuse") wire.refuse();
      this.#ask(this.#end!);
    };
    if (waits > 0) this.#alarm = machine.clock.after(waits, begin);
    else begin();
  }

  /** Send a SYN, again and again until it is answered. */
  #ask(end: TcpEnd): void {
    end.sendSyn();
    const wait = FIRST_WAIT * 2 ** this.#sent++;
    this.#alarm = this.#machine.clock.after(wait, () => {
      if (this.#sent < MOST_SYNS) return this.#ask(end);
      end.abandon();
      this.#fail("ETIMEDOUT");
    });
  }

  #opened(end: TcpEnd, error: Error | null): void {
    if (error) return this.#fail((error as NodeJS.ErrnoException).code!);
    if (!this.#isOver(true)) return;
    end.fd = this.#fd;
    this.#machine.opened(end);
    this.#machine.tell(() => announce(end, this.#sink));
  }
}
