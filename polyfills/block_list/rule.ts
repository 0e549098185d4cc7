/**
 * The rules of a block list: made from arguments, parsed from text, and
 * formatted as text.
 *
 * @module
 */
import { invalidAddress, invalidArgValue } from "../node/errors.ts";
import { type IPVersion, MAPPED, scanAddress } from "../address/ip.ts";
import { formatAddress } from "../address/text.ts";
import {
  SocketAddress,
  type SocketAddressLike,
  versionOf,
} from "../address/socket_address.ts";
import { validateInt32, validateString } from "../node/validators.ts";

/** An address as text or as an object. */
export type Address = string | SocketAddressLike;

/** What a rule consists of. */
export type RuleKind = "address" | "subnet" | "range";

/**
 * A rule. Its record consists of 32-bit words: first the four of the address,
 * the network or the start; then, for a range, the four of the end; and last a
 * tag with what else its text needs. That is the IP version, 4 or 6, of each
 * address, and the prefix of a subnet.
 */
export interface Rule {
  readonly kind: RuleKind;
  readonly record: readonly number[];
}

/** Scratch space for the address of the rule being made. */
const scanned = new Int32Array(4);

/**
 * Convert an address that is an argument to integers.
 *
 * @param address The address.
 * @param name The argument's name, for errors.
 * @param family The version of an address that is a string.
 * @param words Receives the address, see {@linkcode scanAddress}.
 * @returns Its version.
 */
export function readAddress(
  address: Address,
  name: string,
  family: unknown,
  words: Int32Array,
): IPVersion {
  let text = address;
  if (typeof text !== "string" && SocketAddress.isSocketAddress(text)) {
    family = text.family;
    text = text.address;
  }
  validateString(text, name);
  validateString(family, "family");
  const version = versionOf(family);
  if (!scanAddress(text, version, words)) throw invalidAddress();
  return version;
}

/** A record of the address in {@linkcode scanned} and a tag. */
function record(tag: number): number[] {
  return [scanned[0]!, scanned[1]!, scanned[2]!, scanned[3]!, tag];
}

/** A rule for one address; see {@linkcode readAddress}. */
export function addressRule(
  address: Address,
  family: unknown,
  name = "address",
): Rule {
  const version = readAddress(address, name, family, scanned);
  return { kind: "address", record: record(versionNumber(version)) };
}

/**
 * A rule for a subnet.
 *
 * @param network An address in it.
 * @param prefix How many bits all its addresses share.
 * @param family The version of a network that is a string.
 */
export function subnetRule(
  network: Address,
  prefix: unknown,
  family: unknown,
): Rule {
  const version = readAddress(network, "network", family, scanned);
  validateInt32(prefix, "prefix", 0, version === "ipv4" ? 32 : 128);
  const tag = versionNumber(version) << 8 | prefix;
  return { kind: "subnet", record: record(tag) };
}

/**
 * A rule for a subnet in CIDR notation, of either version.
 *
 * @throws {TypeError} `ERR_INVALID_ARG_VALUE` without a decimal prefix.
 */
export function cidrRule(cidr: unknown): Rule {
  validateString(cidr, "cidr");
  const slash = cidr.lastIndexOf("/");
  if (slash === -1) {
    const reason = 'must contain a prefix length (e.g. "10.0.0.0/8")';
    throw invalidArgValue("cidr", cidr, reason);
  }
  const network = cidr.slice(0, slash);
  const digits = cidr.slice(slash + 1);
  const prefix = Number.parseInt(digits, 10);
  if (String(prefix) !== digits || Number.isNaN(prefix)) {
    const reason = "prefix length must be a valid integer";
    throw invalidArgValue("cidr", cidr, reason);
  }
  return subnetRule(network, prefix, network.includes(":") ? "ipv6" : "ipv4");
}

/**
 * A rule for all addresses from `start` to `end`.
 *
 * @param start The first address.
 * @param end The last address.
 * @param family The version of those that are strings.
 * @param ordered Whether to refuse a start above the end.
 * @throws {TypeError} `ERR_INVALID_ARG_VALUE` if it is refused.
 */
export function rangeRule(
  start: Address,
  end: Address,
  family: unknown,
  ordered: boolean,
): Rule {
  const first = readAddress(start, "start", family, scanned);
  const record = [...scanned];
  const last = readAddress(end, "end", family, scanned);
  record.push(...scanned, versionNumber(first) << 4 | versionNumber(last));
  if (ordered && areComparable(record) && isBehind(record)) {
    const address = typeof start === "string"
      ? new SocketAddress({ address: start, family: first })
      : start;
    throw invalidArgValue("start", address, "must come before end");
  }
  return { kind: "range", record };
}

/** Whether the address at `at` is IPv4 or IPv4-mapped. */
export function isMapped(record: readonly number[], at: number): boolean {
  return record[at] === 0 && record[at + 1] === 0 && record[at + 2] === MAPPED;
}

/** Whether both ends of a range are written as IPv6 addresses. */
export function isIPv6Range(record: readonly number[]): boolean {
  return record[8] === 0x66;
}

/**
 * Whether a range's ends can be compared. An IPv4 address can be compared only
 * with IPv4 and IPv4-mapped ones.
 */
function areComparable(record: readonly number[]): boolean {
  return isIPv6Range(record) || (isMapped(record, 0) && isMapped(record, 4));
}

/** Whether a range's start is above its end. */
function isBehind(record: readonly number[]): boolean {
  let word = 0;
  while (word < 3 && record[word] === record[word + 4]) word++;
  return record[word]! >>> 0 > record[word + 4]! >>> 0;
}

function versionNumber(version: IPVersion): 4 | 6 {
  return version === "ipv4" ? 4 : 6;
}

/**
 * The text of a rule.
 *
 * @param kind The rule's kind.
 * @param words Holds the rule's record.
 * @param at The index of the record's first word.
 */
export function ruleText(
  kind: RuleKind,
  words: Int32Array,
  at: number,
): string {
  if (kind === "range") {
    const first = words[at + 8]! >> 4;
    const start = textAt(words, at, first);
    const end = textAt(words, at + 4, words[at + 8]! & 15);
    return `Range: IPv${first} ${start}-${end}`;
  }
  const tag = words[at + 4]!;
  if (kind === "address") return `Address: IPv${tag} ${textAt(words, at, tag)}`;
  const version = tag >> 8;
  const network = textAt(words, at, version);
  return `Subnet: IPv${version} ${network}/${tag & 255}`;
}

function textAt(words: Int32Array, at: number, version: number): string {
  return formatAddress(words, at, version === 4 ? "ipv4" : "ipv6");
}

const IPV4 = String.raw`(\d{1,3}(?:\.\d{1,3}){3})`;
const IPV6 = "([0-9a-fA-F:.]{1,45})";

/**
 * The texts of rules, in the order in which they are looked for. They may be
 * anywhere in a longer text. As in Node, an IPv6 rule is found in upper and
 * lower case, but only if the text contains `IPv6` spelled like this.
 */
const PATTERNS: readonly [IPVersion, RuleKind, RegExp][] = [
  ["ipv4", "subnet", new RegExp(`Subnet: IPv4 ${IPV4}/(\\d{1,2})`)],
  ["ipv4", "address", new RegExp(`Address: IPv4 ${IPV4}`)],
  ["ipv4", "range", new RegExp(`Range: IPv4 ${IPV4}-${IPV4}`)],
  ["ipv6", "subnet", new RegExp(`Subnet: IPv6 ${IPV6}/(\\d{1,3})`, "i")],
  ["ipv6", "address", new RegExp(`Address: IPv6 ${IPV6}`, "i")],
  ["ipv6", "range", new RegExp(`Range: IPv6 ${IPV6}-${IPV6}`, "i")],
];

/** The rule that a text describes, or `undefined` if it describes none. */
export function parseRule(text: string): Rule | undefined {
  for (const [version, kind, pattern] of PATTERNS) {
    if (version === "ipv6" && !text.includes("IPv6")) continue;
    const found = pattern.exec(text);
    if (found === null) continue;
    const first = found[1]!;
    const second = found[2]!;
    if (kind === "address") return addressRule(first, version);
    if (kind === "subnet") return subnetRule(first, Number(second), version);
    return rangeRule(first, second, version, true);
  }
  return undefined;
}
