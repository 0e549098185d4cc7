/**
 * One end of a simulated connection.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type {
  Connection,
  ConnectionSink,
  Endpoint,
  KeepAliveProbes,
  WriteResult,
} from "../../runtime/adapter.ts";
import { systemError } from "../../runtime/errors.ts";
import type { Alarm } from "../clock/queue.ts";
import type { Clock } from "../clock/clock.ts";
import { KeepAlive } from "./keep_alive.ts";
import { type Flag, HERE, type Packet } from "./packet.ts";
import { Receiver } from "./receiver.ts";
import { Sender } from "./sender.ts";
import { opposite, type Place, type Side, type Wire } from "./wire.ts";

/** The host, as an end of a connection sees it. */
export interface Home {
  /** Its name. */
  readonly name: string;
  /** Whether nothing reaches it. */
  readonly isDown: boolean;
  /** The time of the network. */
  readonly clock: Clock;
  /** The program has closed the end; its descriptor is free. */
  closed(end: TcpEnd): void;
  /** No packet is for this end any more. */
  left(end: TcpEnd): void;
}

/** What an end is made of. */
export interface EndParts {
  readonly home: Home;
  readonly wire: Wire;
  readonly side: Side;
  readonly local: Endpoint | null;
  readonly remote: Endpoint | null;
  /** Where it is, for the trace: its port, or a path. */
  readonly port: number | string;
  /** The handshake is over, or was refused. */
  readonly opened: (error: Error | null) => void;
}

/** How far an end is. */
type State = "opening" | "open" | "gone";

/** Most sent SYN-ACKs, as Linux has it; the first one included. */
const MOST_SYN_ACKS = 6;

/** One end of a simulated connection; see `runtime/adapter.ts`. */
export class TcpEnd implements Connection, Place {
  readonly kind: "tcp" | "pipe";
  /** -1 until the program has it. */
  fd = -1;
  readonly port: number | string;
  readonly wire: Wire;
  readonly side: Side;
  readonly #home: Home;
  readonly #local: Endpoint | null;
  readonly #remote: Endpoint | null;
  readonly #opened: (error: Error | null) => void;
  readonly #sender: Sender;
  readonly #receiver: Receiver;
  readonly #keepAlive: KeepAlive;
  #state: State = "opening";
  #sink: ConnectionSink | undefined;
  #reading = false;
  #closed = false;
  /** Why nothing can be read any more, if not for the peer's FIN. */
  #error: Error | undefined;
  /** Whether the sink knows the end, or the error. */
  #told = false;
  #delivery: Alarm | undefined;
  #synAck: Alarm | undefined;
  #lastHeard = 0;

  constructor(parts: EndParts) {
    const { home, wire } = parts;
    this.kind = parts.local ? "tcp" : "pipe";
    this.port = parts.port;
    this.wire = wire;
    this.side = parts.side;
    this.#home = home;
    this.#local = parts.local;
    this.#remote = parts.remote;
    this.#opened = parts.opened;
    const { window } = wire.link.settings;
    this.#receiver = new Receiver(window);
    this.#sender = new Sender({
      clock: home.clock,
      segmentSize: () => wire.link.segmentSize(),
      transmit: (flag, seq, bytes) =>
        this.#send(flag, seq, bytes) + wire.link.roundTrip / 2,
      giveUp: () => this.#fail("ETIMEDOUT"),
    }, window);
    this.#keepAlive = new KeepAlive(
      home.clock,
      () => this.#send("PROBE", this.#sender.taken),
      () => {
        this.#send("RST");
        this.#fail("ETIMEDOUT");
      },
    );
    wire.take(parts.side, this);
  }

  /** Name of its host. */
  get host(): string {
    return this.#home.name;
  }

  /** Whether nothing reaches its host. */
  isDown(): boolean {
    return this.#home.isDown;
  }

  // Opening

  /** Ask the peer for a connection. */
  sendSyn(): void {
    this.#send("SYN");
  }

  /** Answer the peer's SYN, again until it is heard. */
  answerSyn(count = 1): void {
    this.#send("SYN-ACK");
    this.#home.clock.cancel(this.#synAck);
    this.#synAck = this.#home.clock.after(1000 * 2 ** (count - 1), () => {
      if (this.#state !== "opening") return;
      if (count < MOST_SYN_ACKS) this.answerSyn(count + 1);
      else this.abandon();
    });
  }

  #open(edge: number): void {
    this.#state = "open";
    this.#home.clock.cancel(this.#synAck);
    this.#sender.open(edge);
    this.#lastHeard = this.#home.clock.now;
  }

  /** Have nothing more to do with a connection that nobody has seen. */
  abandon(): void {
    this.#closed = true;
    this.#leave();
  }

  /** Turn away a connection that nobody has seen. */
  turnAway(): void {
    // A client says so when its SYN is answered, as a system does.
    if (this.side === "server") this.#send("RST");
    this.abandon();
  }

  // What arrives

  /** A packet has arrived. */
  arrive(packet: Packet): void {
    if (this.#state === "gone") {
      const isAnswered = packet.flag !== "ACK" && packet.flag !== "RST";
      if (isAnswered) this.#send("RST");
      return;
    }
    this.#lastHeard = this.#home.clock.now;
    this.#keepAlive.heard();
    if (packet.flag === "RST") this.#refused();
    else if (packet.flag === "SYN") this.answerSyn();
    else if (packet.flag === "SYN-ACK") this.#synAnswered(packet);
    else this.#segment(packet);
  }

  #refused(): void {
    if (this.#state === "opening") {
      this.#leave();
      this.#opened(systemError("ECONNREFUSED", "connect"));
      return;
    }
    this.#fail("ECONNRESET");
  }

  #synAnswered({ edge }: Packet): void {
    if (this.#state === "open") {
      this.#acknowledge();
      return;
    }
    this.#open(edge);
    this.#acknowledge();
    this.#opened(null);
  }

  #segment(packet: Packet): void {
    if (this.#state === "opening") {
      if (this.side === "client") return;
      this.#open(packet.edge);
      this.#opened(null);
    }
    if (this.#sender.acknowledge(packet.ack, packet.edge)) {
      // Before what is sent now arrives.
      this.#tellSoon((sink) => sink.onWrite(null));
    }
    this.#sender.send();
    const { flag, seq, bytes } = packet;
    if (this.#closed && bytes && seq + bytes.length > this.#receiver.next) {
      // Nobody is there to read it.
      this.#send("RST");
      this.#leave();
      return;
    }
    if (bytes) this.#receiver.accept(seq, bytes);
    if (flag === "FIN") this.#receiver.end(seq);
    if (bytes || flag === "FIN") this.#deliver();
    if (flag !== "ACK" && this.#state === "open") this.#acknowledge();
    this.#leaveIfOver();
  }

  /** Both directions are over, and the program has closed this end. */
  #leaveIfOver(): void {
    if (this.#closed && this.#sender.finished && this.#receiver.ended) {
      this.#leave();
    }
  }

  #acknowledge(): void {
    this.#send("ACK", this.#sender.taken);
  }

  #send(flag: Flag, seq = 0, bytes?: Uint8Array): number {
    return this.wire.send(this.side, {
      flag,
      seq,
      ack: this.#receiver.next,
      edge: this.#receiver.tellEdge(),
      ...bytes && { bytes },
    });
  }

  // What the program is told

  #tellSoon(call: (sink: ConnectionSink) => void): void {
    this.#home.clock.soon(() => {
      if (this.#closed || !this.#sink) return;
      const sink = this.#sink;
      this.#home.clock.tell(() => call(sink));
    });
  }

  /** One read, or the end, if the program asks for it; the rest later. */
  #deliver(): void {
    if (!this.#reading || this.#closed || this.#delivery) return;
    const { clock } = this.#home;
    const receiver = this.#receiver;
    const sink = this.#sink!;
    if (receiver.unread > 0) {
      const chunk = receiver.read(clock.tell(() => sink.allocate?.()));
      this.#deliverSoon();
      clock.tell(() => sink.onRead(chunk));
      if (this.#state === "open" && receiver.hasNews) this.#acknowledge();
    } else if (!this.#told && (receiver.ended || this.#error)) {
      this.#told = true;
      const error = this.#error;
      clock.tell(() => receiver.ended ? sink.onEnd() : sink.onError(error!));
    }
  }

  #deliverSoon(): void {
    if (!this.#reading || this.#closed || this.#delivery) return;
    const { unread, ended } = this.#receiver;
    const isOver = !this.#told && (ended || this.#error !== undefined);
    if (unread === 0 && !isOver) return;
    this.#delivery = this.#home.clock.soon(() => {
      this.#delivery = undefined;
      this.#deliver();
    });
  }

  /** Nothing works any more, for this reason. */
  #fail(code: string): void {
    if (this.#state === "gone") return;
    this.#error = systemError(code, "read");
    this.#stop(code === "ECONNRESET" ? "EPIPE" : code);
  }

  /** Over: what the program waits for comes soon. */
  #stop(writeFailure: string): void {
    const wasWriting = this.#sender.waiting > 0;
    this.#leave();
    if (this.#closed) return;
    if (wasWriting) {
      const failure = systemError(writeFailure, "write");
      this.#tellSoon((sink) => sink.onWrite(failure));
    }
    this.#deliverSoon();
  }

  #leave(): void {
    if (this.#state === "gone") return;
    this.#state = "gone";
    this.#home.clock.cancel(this.#synAck);
    this.#sender.stop();
    this.#keepAlive.stop();
    this.wire.finished(this.side);
    this.#home.left(this);
  }

  /** Its host has crashed: nothing is sent, the program sees the end. */
  crash(): void {
    if (this.#state === "open") {
      this.#receiver.clear();
      this.#receiver.end(HERE);
      this.#stop("EPIPE");
    }
    if (this.#state === "gone") return;
    this.#leave();
    const error = systemError("ENETDOWN", "connect");
    this.#home.clock.soon(() => this.#opened(error));
  }

  // Connection

  get writeQueueSize(): number {
    return this.#sender.waiting;
  }

  attach(sink: ConnectionSink): void {
    this.#sink = sink;
  }

  localEndpoint(): Endpoint | null {
    return this.#local;
  }

  remoteEndpoint(): Endpoint | null {
    return this.#remote;
  }

  readStart(): void {
    this.#reading = true;
    this.#deliverSoon();
  }

  readStop(): void {
    this.#reading = false;
  }

  write(chunk: Uint8Array): WriteResult {
    if (this.#closed) return systemError("EBADF", "write");
    if (this.#state === "gone" || this.#sender.finishing) {
      return systemError("EPIPE", "write");
    }
    return this.#sender.write(chunk);
  }

  writev(chunks: Uint8Array[]): WriteResult {
    return this.write(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
  }

  shutdown(): void {
    if (this.#closed) return;
    if (this.#state === "open") this.#sender.finish();
    this.#tellSoon((sink) => sink.onShutdown(null));
  }

  close(): void {
    this.#close(this.#receiver.unread > 0);
  }

  reset(): void {
    this.#close(true);
  }

  /** As TCP does: to drop bytes that nobody read is a reset for the peer. */
  #close(withReset: boolean): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#keepAlive.stop();
    this.#receiver.clear();
    this.#sender.orphan();
    this.#home.clock.cancel(this.#delivery);
    this.#home.clock.soon(() => {
      this.#home.clock.tell(() => this.#sink?.onClose());
    });
    this.#home.closed(this);
    if (this.#state !== "open") return;
    if (withReset) {
      this.#send("RST");
      this.#leave();
    } else {
      this.#sender.finish();
      this.#leaveIfOver();
    }
  }

  ref(): void {}
  unref(): void {}
  setNoDelay(): void {}

  setKeepAlive(
    on: boolean,
    initialDelay: number,
    probes?: KeepAliveProbes,
  ): void {
    if (this.#closed || this.#state === "gone") return;
    this.#keepAlive.set(on, initialDelay, probes);
  }

  #typeOfService = 0;

  setTypeOfService(tos: number): void {
    this.#typeOfService = tos;
  }

  getTypeOfService(): number {
    return this.#typeOfService;
  }

  // Looking on

  /** What it is and what it waits for, in words. */
  describe(): string {
    const { host, port } = this.wire.place(opposite(this.side));
    const sender = this.#sender;
    const parts = [
      `a connection to ${host}:${port} (from ${this.port})`,
      this.#state === "gone"
        ? `over: ${this.#error?.message ?? "both sides have ended"}`
        : this.#receiver.ended
        ? "the peer has ended"
        : sender.finishing
        ? "this end has ended"
        : "open",
      `${sender.taken} bytes sent`,
      `${this.#receiver.received} received`,
    ];
    if (sender.waiting > 0) parts.push(`${sender.waiting} wait to be sent`);
    if (sender.unacknowledged > 0) {
      parts.push(`${sender.unacknowledged} not acknowledged`);
    }
    if (this.#receiver.unread > 0) {
      parts.push(`${this.#receiver.unread} not read`);
    }
    parts.push(`last heard of at ${this.#lastHeard} ms`);
    return parts.join(", ");
  }
}
