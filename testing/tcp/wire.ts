/**
 * A connection as the network sees it: packets between two ends, and what is
 * done to them on their way.
 *
 * @module
 */
import type { Clock } from "../clock/clock.ts";
import type { Breakable, Link } from "../link/link.ts";
import type { Note } from "../trace/entry.ts";
import { HEADER_SIZE, HERE, type Packet } from "./packet.ts";

/** The end that connected, or the one that accepted. */
export type Side = "client" | "server";

/** Where an end of a wire is. */
export interface Place {
  /** Name of the host. */
  readonly host: string;
  /** Port, or the path. */
  readonly port: number | string;
  /** Whether nothing reaches the host. */
  isDown(): boolean;
  /** A packet has arrived. */
  arrive(packet: Packet): void;
}

/** What happens to a connection after some bytes. */
export type FaultAction = "reset" | "end" | "stall";

/** A fault to come. */
interface Rule {
  /** Whose bytes are counted. */
  readonly sender: Side;
  readonly bytes: number;
  readonly apply: () => void;
}

/** The other side. */
export function opposite(side: Side): Side {
  return side === "client" ? "server" : "client";
}

/** A connection between two places, over a link. */
export class Wire implements Breakable {
  /** Its number in the network. */
  readonly id: number;
  /** What it goes over. */
  readonly link: Link;
  readonly #clock: Clock;
  readonly #note: Note;
  readonly #places: Record<Side, Place>;
  readonly #passed = { client: 0, server: 0 };
  readonly #lastArrival = { client: 0, server: 0 };
  readonly #stalled = { client: 0, server: 0 };
  readonly #finished = new Set<Side>();
  #rules: Rule[] = [];
  /** Set once the network has cut it. */
  #cut: "reset" | "end" | undefined;

  constructor(
    id: number,
    link: Link,
    clock: Clock,
    note: Note,
    client: Place,
    server: Place,
  ) {
    this.id = id;
    this.link = link;
    this.#clock = clock;
    this.#note = note;
    this.#places = { client, server };
    link.add(this);
  }

  /** Who is there. */
  place(side: Side): Place {
    return this.#places[side];
  }

  /** Another one takes what arrives at this side. */
  take(side: Side, place: Place): void {
    this.#places[side] = place;
  }

  /** A side has nothing to do with it any more. */
  finished(side: Side): void {
    this.#finished.add(side);
    if (this.#finished.size === 2) this.link.remove(this);
  }

  /**
   * Send a packet.
   *
   * @returns When it arrives, or would have.
   */
  send(from: Side, packet: Packet): number {
    const rule = packet.bytes && this.#ruleFor(from, packet);
    const sent = rule ? this.#shorten(packet, rule) : packet;
    const { host } = this.#places[from];
    const size = HEADER_SIZE + (sent?.bytes?.length ?? 0);
    const passage = this.link.carry(host, size, this.#lastArrival[from]);
    const { arrives } = passage;
    if (this.#cut) {
      this.#answerCut(from, packet, arrives);
      return arrives;
    }
    if (sent) {
      const lost = passage.lost || this.#stalled[from] > 0;
      if (!lost) this.#lastArrival[from] = arrives;
      this.#record(from, sent, lost ? undefined : arrives);
      if (sent.bytes) {
        const { seq, bytes } = sent;
        this.#passed[from] = Math.max(this.#passed[from], seq + bytes.length);
      }
      if (!lost) this.#clock.at(arrives, () => this.#arrive(from, sent));
    }
    if (rule) {
      this.#rules = this.#rules.filter((other) => other !== rule);
      rule.apply();
    }
    return arrives;
  }

  #ruleFor(sender: Side, packet: Packet): Rule | undefined {
    if (this.#rules.length === 0) return undefined;
    const end = packet.seq + packet.bytes!.length;
    return this.#rules
      .filter((rule) => rule.sender === sender && rule.bytes <= end)
      .sort((a, b) => a.bytes - b.bytes)[0];
  }

  /** What of a packet still passes before a fault. */
  #shorten(packet: Packet, rule: Rule): Packet | undefined {
    const size = rule.bytes - packet.seq;
    if (size <= 0) return undefined;
    return { ...packet, bytes: packet.bytes!.subarray(0, size) };
  }

  #arrive(from: Side, packet: Packet): void {
    const place = this.#places[opposite(from)];
    if (this.link.isCut || place.isDown()) {
      this.#record(from, packet, undefined);
      return;
    }
    place.arrive(packet);
  }

  #record(from: Side, packet: Packet, arrives: number | undefined): void {
    if (packet.flag === "ACK" || packet.flag === "PROBE") return;
    const here = this.#places[from];
    const there = this.#places[opposite(from)];
    this.#note({
      what: packet.flag,
      connection: this.id,
      from: { host: here.host, port: here.port },
      to: { host: there.host, port: there.port },
      ...packet.bytes && { bytes: packet.bytes },
      ...arrives === undefined ? { lost: true } : { arrives },
    });
  }

  // Faults

  /** How many bytes a side has sent so far. */
  passed(sender: Side): number {
    return this.#passed[sender];
  }

  /** Do something once a side has sent this many bytes; at once, if it has. */
  onceSent(sender: Side, bytes: number, apply: () => void): void {
    if (this.#passed[sender] >= bytes) apply();
    else this.#rules.push({ sender, bytes, apply });
  }

  /** Do this to the connection now; what is on its way still arrives. */
  apply(action: FaultAction, sender: Side, duration: number = Infinity): void {
    this.#remark(action);
    if (action === "stall") {
      this.#stalled[sender]++;
      if (duration < Infinity) {
        this.#clock.after(duration, () => this.#stalled[sender]--);
      }
    } else if (!this.#cut) {
      this.#cut = action;
      this.#tellCut("client", action);
      this.#tellCut("server", action);
    }
  }

  /** Nothing of a side arrives any more. */
  silence(sender: Side): void {
    this.#stalled[sender]++;
  }

  /** The network answers the client's SYN with a RST. */
  refuse(): void {
    this.#cut = "reset";
    this.#clock.after(
      this.link.roundTrip,
      () => this.#forge("client", "RST"),
    );
  }

  /** Both ends see a RST. */
  breakOff(): void {
    this.apply("reset", "client");
  }

  /** Let a side know that the network has cut the connection. */
  #tellCut(side: Side, action: "reset" | "end"): void {
    const { now } = this.#clock;
    const time = Math.max(now, this.#lastArrival[opposite(side)]);
    const flag = action === "reset" ? "RST" : "FIN";
    this.#clock.at(time, () => this.#forge(side, flag));
  }

  /** A packet that no end has sent. */
  #forge(side: Side, flag: Packet["flag"], ack = 0): void {
    const place = this.#places[side];
    if (place.isDown()) return;
    this.#record(
      opposite(side),
      { flag, seq: 0, ack: 0, edge: 0 },
      this.#clock.now,
    );
    place.arrive({ flag, seq: HERE, ack, edge: 0 });
  }

  /** After an end that the network made up, nobody is there any more. */
  #answerCut(from: Side, packet: Packet, arrives: number): void {
    if (this.#cut === "reset" || packet.flag === "ACK") return;
    const back = arrives + this.link.settings.latency;
    if (packet.flag === "FIN") {
      this.#clock.at(back, () => this.#forge(from, "ACK", packet.seq + 1));
    } else if (packet.flag === "DATA" || packet.flag === "PROBE") {
      this.#clock.at(back, () => this.#forge(from, "RST"));
    }
  }

  #remark(action: FaultAction): void {
    const { client, server } = this.#places;
    this.#note({
      what: `fault: ${action}`,
      connection: this.id,
      from: { host: client.host, port: client.port },
      to: { host: server.host, port: server.port },
    });
  }
}
