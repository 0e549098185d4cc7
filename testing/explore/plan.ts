/**
 * Which faults a seed stands for.
 *
 * @module
 */
import type { Random } from "../clock/random.ts";
import type { Network } from "../network.ts";
import type { Side, Wire } from "../tcp/wire.ts";

/** Kinds of faults that {@linkcode explore} makes. */
export type FaultKind =
  | "fragment"
  | "slow"
  | "refuse"
  | "reset"
  | "end"
  | "stall"
  | "partition"
  | "crash";

/** Every kind. */
export const FAULT_KINDS: readonly FaultKind[] = [
  "fragment",
  "slow",
  "refuse",
  "reset",
  "end",
  "stall",
  "partition",
  "crash",
];

/** A fault that is going to happen to a connection. */
export interface PlannedFault {
  /** What happens. */
  readonly kind: FaultKind;
  /** To which connection, in the order of the attempts: 1 is the first. */
  readonly connection: number;
  /** After so many bytes. */
  readonly bytes: number;
  /** Of this side. */
  readonly sender: Side;
  /** For so many milliseconds, where it passes. */
  readonly duration: number;
  /** Least and most bytes in a packet, for `"fragment"`. */
  readonly fragment: readonly [number, number];
  /** Milliseconds each way, for `"slow"`. */
  readonly latency: number;
  /** Bytes a second, for `"slow"`. */
  readonly bandwidth: number;
}

/** A number of this size or less; each size is as likely. */
function upTo(random: Random, most: number): number {
  return Math.floor(Math.exp(random.next() * Math.log(most)));
}

/** The faults of one seed: at least one, at most `most`. */
export function planFaults(
  random: Random,
  kinds: readonly FaultKind[],
  most: number,
): PlannedFault[] {
  const count = random.integer(1, most);
  return Array.from({ length: count }, () => {
    const smallest = upTo(random, 64);
    return {
      kind: random.pick(kinds),
      connection: upTo(random, 8),
      bytes: upTo(random, 4096),
      sender: random.pick(["client", "server"] as const),
      duration: upTo(random, 60_000),
      fragment: [smallest, smallest + upTo(random, 64) - 1],
      latency: upTo(random, 2000),
      bandwidth: 100 * upTo(random, 10_000),
    };
  });
}

/** One fault, in words. */
export function describeFault(fault: PlannedFault): string {
  const { kind, connection, bytes, sender, duration, fragment } = fault;
  const when = `after ${bytes} bytes of the ${sender}'s`;
  const words: Record<FaultKind, string> = {
    fragment: `packets of ${fragment[0]} to ${fragment[1]} bytes`,
    slow: `${fault.latency} ms each way, ${fault.bandwidth} bytes a second`,
    refuse: "refused",
    reset: `reset ${when}`,
    end: `ended by the network ${when}`,
    stall: `no more of the ${sender}'s bytes ${when}`,
    partition: `a partition of ${duration} ms ${when}`,
    crash:
      `the server's host crashes ${when}, and is back ${duration} ms later`,
  };
  return `connection ${connection}: ${words[kind]}`;
}

function apply(network: Network, wire: Wire, fault: PlannedFault): void {
  const { kind, bytes, sender, duration, fragment } = fault;
  const { latency, bandwidth } = fault;
  const { link } = wire;
  const later = (action: () => void) => wire.onceSent(sender, bytes, action);
  switch (kind) {
    case "fragment":
      link.set({ fragment });
      break;
    case "slow":
      link.set({ latency, jitter: latency / 4, bandwidth });
      break;
    case "refuse":
      wire.refuse();
      break;
    case "partition":
      later(() => {
        link.setCut(true);
        network.after(duration, () => link.setCut(false));
      });
      break;
    case "crash":
      later(() => {
        const host = network.host(wire.place("server").host);
        // Not while one of its connections is sending.
        network.after(0, () => host.crash());
        network.after(duration, () => host.restart());
      });
      break;
    default:
      later(() => wire.apply(kind, sender));
  }
}

/** Have these faults happen in a network. */
export function applyPlan(
  network: Network,
  plan: readonly PlannedFault[],
): void {
  network.onConnecting((wire, number) => {
    for (const fault of plan) {
      if (fault.connection === number) apply(network, wire, fault);
    }
  });
}
