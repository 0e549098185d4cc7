/**
 * What can be set about a link.
 *
 * @module
 */

/** How a link carries what goes over it, the same in both directions. */
export interface LinkSettings {
  /** Milliseconds that a packet takes. Default 1; 0 within a host. */
  latency: number;
  /** Further milliseconds, up to this many, by chance. Default 0. */
  jitter: number;
  /** Bytes a second, headers included. Default `Infinity`. */
  bandwidth: number;
  /**
   * Least and most bytes in a packet, by chance: where reads are split.
   * Default 1460 for both, what a packet on an Ethernet has room for.
   */
  fragment: readonly [least: number, most: number];
  /**
   * Bytes that are on their way, or wait to be read, before the sender has to
   * wait. Each end holds back as many again before a write has to. Taken up
   * by connections made afterwards. Default 65,536.
   */
  window: number;
  /** Share of packets that get lost, from 0 to 1. Default 0. */
  loss: number;
}

/** Between two hosts. */
export const REMOTE: LinkSettings = {
  latency: 1,
  jitter: 0,
  bandwidth: Infinity,
  fragment: [1460, 1460],
  window: 65_536,
  loss: 0,
};

/** Within a host. */
export const LOCAL: LinkSettings = {
  ...REMOTE,
  latency: 0,
  fragment: [65_483, 65_483],
};

function check(valid: boolean, name: string, value: unknown): void {
  if (valid) return;
  const shown = Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
  throw new RangeError(`a link cannot have the ${name} ${shown}`);
}

/** Refuse what no link can have. */
export function checkSettings(settings: Partial<LinkSettings>): void {
  const { latency, jitter, bandwidth, fragment, window, loss } = settings;
  for (const [name, value] of Object.entries({ latency, jitter })) {
    if (value === undefined) continue;
    check(value >= 0 && Number.isFinite(value), name, value);
  }
  if (bandwidth !== undefined) check(bandwidth > 0, "bandwidth", bandwidth);
  if (fragment !== undefined) {
    const [least, most] = fragment;
    const whole = Number.isInteger(least) && Number.isInteger(most);
    check(whole && least >= 1 && most >= least, "fragment", fragment);
  }
  if (window !== undefined) {
    check(Number.isInteger(window) && window >= 1, "window", window);
  }
  if (loss !== undefined) check(loss >= 0 && loss <= 1, "loss", loss);
}
