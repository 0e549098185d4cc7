/**
 * A block list written as plainly as possible: BigInts, one rule after the
 * other, no cleverness. The property tests compare the real one with it.
 *
 * @module
 */

/**
 * An address: its 128 bits (IPv4 in IPv4-mapped form), and the family it was
 * given in.
 */
export interface NaiveAddress {
  readonly bits: bigint;
  readonly version: 4 | 6;
}

type Rule =
  & { readonly text: string }
  & (
    | { readonly kind: "address"; readonly address: NaiveAddress }
    | {
      readonly kind: "subnet";
      readonly network: NaiveAddress;
      readonly prefix: number;
    }
    | {
      readonly kind: "range";
      readonly start: NaiveAddress;
      readonly end: NaiveAddress;
    }
  );

const MAPPED = 0xffffn;

function parseIPv4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let bits = 0n;
  for (const part of parts) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) {
      return undefined;
    }
    bits = bits << 8n | BigInt(part);
  }
  return bits;
}

function parseIPv6(text: string): bigint | undefined {
  const tail = /[^:]*$/.exec(text)![0];
  if (tail.includes(".")) {
    const bits = parseIPv4(tail);
    if (bits === undefined) return undefined;
    text = text.slice(0, text.length - tail.length) +
      `${(bits >> 16n).toString(16)}:${(bits & 0xffffn).toString(16)}`;
  }
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [left, right] = halves.map((half) => half ? half.split(":") : []);
  const given = left!.length + (right?.length ?? 0);
  if (right === undefined ? given !== 8 : given > 7) return undefined;
  const groups = [...left!, ...Array(8 - given).fill("0"), ...right ?? []];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) {
    return undefined;
  }
  return groups.reduce((bits, group) => bits << 16n | BigInt(`0x${group}`), 0n);
}

/** An address as a block list takes it, or `undefined`. */
export function parseAddress(
  text: string,
  version: 4 | 6,
): NaiveAddress | undefined {
  let [address] = text.split("\0");
  if (version === 6) [address] = address!.split("%");
  const bits = version === 4 ? parseIPv4(address!) : parseIPv6(address!);
  if (bits === undefined) return undefined;
  return { bits: version === 4 ? MAPPED << 32n | bits : bits, version };
}

/** What `isIP` must return. */
export function naiveIsIP(text: string): 0 | 4 | 6 {
  if (parseIPv4(text) !== undefined) return 4;
  const percent = text.indexOf("%");
  const address = percent === -1 ? text : text.slice(0, percent);
  const zone = percent === -1 ? "-" : text.slice(percent + 1);
  if (!/^[-0-9a-zA-Z.:]+$/.test(zone)) return 0;
  return parseIPv6(address) === undefined ? 0 : 6;
}

/** The canonical text of an address. */
export function formatNaive({ bits, version }: NaiveAddress): string {
  const low = bits & 0xffffffffn;
  const ipv4 = [24n, 16n, 8n, 0n].map((by) => low >> by & 255n).join(".");
  if (version === 4) return ipv4;
  const groups = Array.from(
    { length: 8 },
    (_, i) => bits >> BigInt(112 - 16 * i) & 0xffffn,
  );
  const upper = bits >> 32n;
  if (upper === 0n && groups[6] !== 0n) return `::${ipv4}`;
  if (upper === MAPPED) return `::ffff:${ipv4}`;
  const zeroes = groups.map((group) => group === 0n ? "0" : "x").join("");
  const runs = zeroes.match(/0{2,}/g) ?? [];
  const longest = runs.reduce((a, b) => b.length > a.length ? b : a, "");
  const hex = groups.map((group) => group.toString(16));
  if (longest === "") return hex.join(":");
  const gap = zeroes.indexOf(longest);
  const left = hex.slice(0, gap).join(":");
  return `${left}::${hex.slice(gap + longest.length).join(":")}`;
}

/** Only an IPv4-mapped address can be compared with an IPv4 address. */
function areComparable(a: NaiveAddress, b: NaiveAddress): boolean {
  return a.version === b.version ||
    (a.bits >> 32n === MAPPED && b.bits >> 32n === MAPPED);
}

function matches(rule: Rule, address: NaiveAddress): boolean {
  switch (rule.kind) {
    case "address":
      return rule.address.bits === address.bits;
    case "subnet": {
      const { network, prefix } = rule;
      const host = BigInt((network.version === 4 ? 32 : 128) - prefix);
      return network.bits >> host === address.bits >> host;
    }
    case "range": {
      const { start, end } = rule;
      return areComparable(start, address) && areComparable(address, end) &&
        start.bits <= address.bits && address.bits <= end.bits;
    }
  }
}

const KINDS = ["address", "subnet", "range"] as const;

/** See the module. */
export class NaiveBlockList {
  /** The newest first. */
  #rules: Rule[] = [];

  get size(): number {
    return this.#rules.length;
  }

  get rules(): string[] {
    return KINDS.flatMap((kind) =>
      this.#rules.filter((rule) => rule.kind === kind).map(({ text }) => text)
    );
  }

  addAddress(address: NaiveAddress): void {
    const text = `Address: IPv${address.version} ${formatNaive(address)}`;
    const rule: Rule = { kind: "address", address, text };
    const index = this.#indexOf(address);
    if (index === -1) this.#rules.unshift(rule);
    else this.#rules[index] = rule;
  }

  addSubnet(network: NaiveAddress, prefix: number): void {
    const text = subnetText(network, prefix);
    this.#rules.unshift({ kind: "subnet", network, prefix, text });
  }

  /** Returns whether start and end were in order. */
  addRange(start: NaiveAddress, end: NaiveAddress): boolean {
    if (areComparable(start, end) && start.bits > end.bits) return false;
    const text = rangeText(start, end);
    this.#rules.unshift({ kind: "range", start, end, text });
    return true;
  }

  removeAddress(address: NaiveAddress): void {
    this.#removeAt(this.#indexOf(address));
  }

  removeSubnet(network: NaiveAddress, prefix: number): void {
    this.#removeText(subnetText(network, prefix));
  }

  removeRange(start: NaiveAddress, end: NaiveAddress): void {
    this.#removeText(rangeText(start, end));
  }

  /**
   * Adds rules given as in the `rules` property. Returns whether all are valid.
   */
  fromJSON(texts: readonly string[]): boolean {
    const rules = texts.map((text) => {
      const [, kind, version, first, second] =
        /^(\w+): IPv([46]) ([^-/]+)[-/]?(.*)$/.exec(text)!;
      const start = parseAddress(first!, version === "4" ? 4 : 6)!;
      const end = parseAddress(second!, version === "4" ? 4 : 6);
      return { kind, start, end, second: second! };
    });
    // A range from IPv6 to IPv4 is an error; one from IPv4 to IPv6 is ignored.
    const isWrong = ({ kind, start, end }: typeof rules[number]) =>
      kind === "Range" && start.version === 6 && end === undefined;
    if (rules.some(isWrong)) return false;
    for (const { kind, start, end, second } of rules) {
      if (kind === "Address") this.addAddress(start);
      else if (kind === "Subnet") this.addSubnet(start, Number(second));
      else if (end !== undefined) this.addRange(start, end);
    }
    return true;
  }

  clear(): void {
    this.#rules = [];
  }

  check(address: NaiveAddress): boolean {
    return this.#rules.some((rule) => matches(rule, address));
  }

  #indexOf({ bits }: NaiveAddress): number {
    return this.#rules.findIndex((rule) =>
      rule.kind === "address" && rule.address.bits === bits
    );
  }

  #removeText(text: string): void {
    this.#removeAt(this.#rules.findIndex((rule) => rule.text === text));
  }

  #removeAt(index: number): void {
    if (index !== -1) this.#rules.splice(index, 1);
  }
}

function subnetText(network: NaiveAddress, prefix: number): string {
  return `Subnet: IPv${network.version} ${formatNaive(network)}/${prefix}`;
}

function rangeText(start: NaiveAddress, end: NaiveAddress): string {
  const version = `IPv${start.version}`;
  return `Range: ${version} ${formatNaive(start)}-${formatNaive(end)}`;
}
