/**
 * {@linkcode BlockList}: rules that say which IP addresses are blocked.
 *
 * A {@linkcode RuleTable} keeps what the text and the order of rules need, an
 * {@linkcode AddressSet} the addresses that all rules cover. In both together an
 * IPv4 rule takes 40 to 60 bytes, an IPv6 rule 75 to 125, and a range 16 more;
 * the first checks add another 6 to 12 per rule. Typed arrays double when they
 * are full, so up to half of the memory may be unused.
 *
 * @module
 */
import { AddressSet } from "./address_set.ts";
import { invalidArgType } from "../node/errors.ts";
import { inspectAs } from "../node/inspect.ts";
import { type IPVersion, scanAddress } from "../address/ip.ts";
import {
  type Address,
  addressRule,
  cidrRule,
  parseRule,
  rangeRule,
  readAddress,
  type Rule,
  type RuleKind,
  ruleText,
  subnetRule,
} from "./rule.ts";
import { RuleTable } from "./rule_table.ts";
import type { SocketAddressLike } from "../address/socket_address.ts";
import { validateString } from "../node/validators.ts";

/** Scratch space for the address that `check` looks up. */
const checked = new Int32Array(4);

/** An object with these methods passes for a runtime's own list. */
const METHODS = ["check", "addAddress", "addRange", "addSubnet"] as const;

/**
 * Rules that say which IP addresses are blocked: single addresses, ranges and
 * subnets, of IPv4 and IPv6.
 *
 * An IPv4 address and its IPv4-mapped IPv6 form are the same to a rule. Rules
 * ignore zones and ports. A `family` argument says how to read addresses that
 * are strings: as `"ipv4"`, the default, or `"ipv6"`, in upper or lower case. A
 * method that throws leaves the list unchanged.
 *
 * A check takes about the same time with any number of rules.
 *
 * @example
 * ```ts
 * const blockList = new BlockList();
 * blockList.addAddress("192.0.2.1");
 * blockList.addRange("10.0.0.1", "10.0.0.10");
 * blockList.addSubnet("2001:db8::", 32, "ipv6");
 *
 * blockList.check("10.0.0.3"); // true
 * blockList.check("::ffff:192.0.2.1", "ipv6"); // true
 * blockList.check("198.51.100.7"); // false
 * ```
 */
export class BlockList {
  /** Networks that are not part of the public internet, in CIDR notation. */
  static PRIVATE_RANGES: readonly string[] = Object.freeze([
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "127.0.0.0/8",
    "::1/128",
    "169.254.0.0/16",
    "fe80::/10",
    "fc00::/7",
  ]);

  readonly #blocked = new AddressSet();
  /** In the order in which `rules` lists the kinds. */
  readonly #tables: Readonly<Record<RuleKind, RuleTable>> = {
    // An IPv4 address and its IPv4-mapped form are one rule: the version, the
    // last word, is not part of the key.
    address: new RuleTable(5, 4),
    subnet: new RuleTable(5, 5),
    range: new RuleTable(9, 9),
  };

  static {
    inspectAs(this.prototype, "BlockList", ({ rules }) => ({ rules }));
  }

  /**
   * Block an address.
   *
   * @param address The address.
   * @param family How to read a string. Default: `"ipv4"`.
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE` for an argument of a wrong type,
   * `ERR_INVALID_ARG_VALUE` for any other family.
   * @throws {Error} `ERR_INVALID_ADDRESS` for a string that is no address of the
   * family.
   */
  addAddress(address: string, family?: IPVersion): void;
  /** Block the address of a `SocketAddress`. */
  addAddress(address: SocketAddressLike): void;
  addAddress(address: Address, family: IPVersion = "ipv4"): void {
    this.#add(addressRule(address, family));
  }

  /**
   * Block several addresses, all or none.
   *
   * @param addresses The addresses.
   * @param family How to read strings. Default: `"ipv4"`.
   * @throws What {@linkcode BlockList.addAddress} throws.
   */
  addAddresses(
    addresses: readonly (string | SocketAddressLike)[],
    family: IPVersion = "ipv4",
  ): void {
    validateArray(addresses, "addresses");
    validateString(family, "family");
    const rules: Rule[] = [];
    // Unlike `forEach`, this loop visits the holes of an array.
    for (let i = 0; i < addresses.length; i++) {
      rules.push(addressRule(addresses[i]!, family, `addresses[${i}]`));
    }
    for (const rule of rules) this.#add(rule);
  }

  /**
   * Block all addresses from `start` to `end`.
   *
   * @param start The first address.
   * @param end The last address.
   * @param family How to read strings. Default: `"ipv4"`.
   * @throws {TypeError} `ERR_INVALID_ARG_VALUE` if `start` is above `end`.
   * @throws What {@linkcode BlockList.addAddress} throws.
   */
  addRange(start: string, end: string, family?: IPVersion): void;
  /** Block all addresses between two `SocketAddress` objects, inclusive. */
  addRange(start: SocketAddressLike, end: SocketAddressLike): void;
  addRange(start: Address, end: Address, family: IPVersion = "ipv4"): void {
    this.#add(rangeRule(start, end, family, true));
  }

  /**
   * Block a subnet.
   *
   * @param network An address of the subnet.
   * @param prefix How many leading bits its addresses share: 0 to 32 for IPv4,
   * 0 to 128 for IPv6.
   * @param family How to read a string. Default: `"ipv4"`.
   * @throws {RangeError} `ERR_OUT_OF_RANGE` for any other prefix.
   * @throws What {@linkcode BlockList.addAddress} throws.
   */
  addSubnet(network: SocketAddressLike, prefix: number): void;
  /** Block a subnet of an address in text form. */
  addSubnet(network: string, prefix: number, family?: IPVersion): void;
  addSubnet(
    network: Address,
    prefix: number,
    family: IPVersion = "ipv4",
  ): void {
    this.#add(subnetRule(network, prefix, family));
  }

  /**
   * Block a subnet in CIDR notation, such as `"10.0.0.0/8"` or
   * `"2001:db8::/32"`.
   *
   * @param cidr The subnet, of either family.
   * @throws {TypeError} `ERR_INVALID_ARG_VALUE` without a decimal prefix.
   * @throws What {@linkcode BlockList.addSubnet} throws.
   */
  addCIDR(cidr: string): void {
    this.#add(cidrRule(cidr));
  }

  /**
   * Block several subnets in CIDR notation, all or none.
   *
   * @param cidrs The subnets, of either family.
   * @throws What {@linkcode BlockList.addCIDR} throws.
   *
   * @example
   * ```ts
   * const blockList = new BlockList();
   * blockList.addCIDRs([...BlockList.PRIVATE_RANGES]);
   * blockList.check("192.168.1.1"); // true
   * ```
   */
  addCIDRs(cidrs: readonly string[]): void {
    validateArray(cidrs, "cidrs");
    const rules: Rule[] = [];
    for (let i = 0; i < cidrs.length; i++) {
      validateString(cidrs[i], `cidrs[${i}]`);
      rules.push(cidrRule(cidrs[i]));
    }
    for (const rule of rules) this.#add(rule);
  }

  /**
   * Remove the rule for an address, if there is one.
   *
   * @param address The address.
   * @param family How to read a string. Default: `"ipv4"`.
   * @throws What {@linkcode BlockList.addAddress} throws.
   */
  removeAddress(address: string, family?: IPVersion): void;
  /** Remove the rule for the address of a `SocketAddress`. */
  removeAddress(address: SocketAddressLike): void;
  removeAddress(address: Address, family: IPVersion = "ipv4"): void {
    this.#remove(addressRule(address, family));
  }

  /**
   * Remove the newest rule for exactly this range, if there is any.
   *
   * @param start The first address.
   * @param end The last address.
   * @param family How to read strings. Default: `"ipv4"`.
   * @throws What {@linkcode BlockList.addAddress} throws.
   */
  removeRange(start: string, end: string, family?: IPVersion): void;
  /** Remove the newest rule for a range between two `SocketAddress` objects. */
  removeRange(start: SocketAddressLike, end: SocketAddressLike): void;
  removeRange(start: Address, end: Address, family: IPVersion = "ipv4"): void {
    this.#remove(rangeRule(start, end, family, false));
  }

  /**
   * Remove the newest rule for exactly this network and prefix, if there is
   * any.
   *
   * @param network The same address that was given to add the rule.
   * @param prefix The same prefix.
   * @param family How to read a string. Default: `"ipv4"`.
   * @throws What {@linkcode BlockList.addSubnet} throws.
   */
  removeSubnet(network: SocketAddressLike, prefix: number): void;
  /** Remove the newest rule for a subnet of an address in text form. */
  removeSubnet(network: string, prefix: number, family?: IPVersion): void;
  removeSubnet(
    network: Address,
    prefix: number,
    family: IPVersion = "ipv4",
  ): void {
    this.#remove(subnetRule(network, prefix, family));
  }

  /**
   * Remove the newest rule for exactly this subnet, if there is any.
   *
   * @param cidr The subnet in CIDR notation, with the same address and prefix
   * that were given to add the rule.
   * @throws What {@linkcode BlockList.addCIDR} throws.
   */
  removeCIDR(cidr: string): void {
    this.#remove(cidrRule(cidr));
  }

  /** Remove all rules. */
  clear(): void {
    this.#blocked.clear();
    for (const table of Object.values(this.#tables)) table.clear();
  }

  /**
   * Whether a rule blocks an address.
   *
   * @param address The address.
   * @param family How to read a string: as IPv4 for `"ipv4"`, the default, and
   * as IPv6 for any other text.
   * @returns `true` if it is blocked; `false` if it is not, or if a string is no
   * address of the family.
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE` for an argument of a wrong type.
   */
  check(address: string, family?: IPVersion): boolean;
  /** Whether a rule blocks the address of a `SocketAddress`. */
  check(address: SocketAddressLike): boolean;
  check(address: Address, family: IPVersion = "ipv4"): boolean {
    if (typeof address !== "string") {
      const version = readAddress(address, "address", family, checked);
      return this.#blocked.has(checked, version);
    }
    let version = family;
    if (version !== "ipv4" && version !== "ipv6") {
      validateString(version, "family");
      const name = (version as string).toLowerCase();
      version = name === "ipv4" ? "ipv4" : "ipv6";
    }
    const blocked = this.#blocked;
    return scanAddress(address, version, checked, blocked) &&
      blocked.has(checked, version);
  }

  /** How many rules there are. */
  get size(): number {
    let size = 0;
    for (const table of Object.values(this.#tables)) size += table.size;
    return size;
  }

  /**
   * The text of all rules: addresses, then subnets, then ranges, the newest of
   * each kind first.
   */
  get rules(): readonly string[] {
    const rules: string[] = [];
    for (const kind of ["address", "subnet", "range"] as const) {
      this.#tables[kind].forEachNewestFirst((words, at) => {
        rules.push(ruleText(kind, words, at));
      });
    }
    return rules;
  }

  /** Called by `JSON.stringify`: the text of all rules. */
  toJSON(): readonly string[] {
    return this.rules;
  }

  /**
   * Add the rules that a list of texts describes, in that order, all or none.
   * Texts that describe no rule are ignored.
   *
   * @param data Texts in the form of `rules`, or their JSON.
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE` for anything else.
   * @throws {SyntaxError} For a string that is not JSON.
   * @throws What {@linkcode BlockList.addRange} and
   * {@linkcode BlockList.addSubnet} throw.
   *
   * @example
   * ```ts
   * const blockList = new BlockList();
   * blockList.fromJSON(["Subnet: IPv4 192.0.2.0/24"]);
   * ```
   */
  fromJSON(data: string | readonly string[]): void {
    const texts: unknown = typeof data === "string" ? JSON.parse(data) : data;
    if (!isStrings(texts)) {
      throw invalidArgType("data", ["string", "string[]"], texts);
    }
    const rules = texts.map(parseRule);
    for (const rule of rules) if (rule !== undefined) this.#add(rule);
  }

  /**
   * Whether a value is a `BlockList` of this package, or an object with the
   * methods of a runtime's own.
   *
   * @param value Any value.
   */
  static isBlockList(value: unknown): value is BlockList {
    if (typeof value !== "object" || value === null) return false;
    if (#blocked in value) return true;
    const methods = value as Partial<Record<string, unknown>>;
    return METHODS.every((name) => typeof methods[name] === "function");
  }

  #add(rule: Rule): void {
    const table = this.#tables[rule.kind];
    if (rule.kind === "address" && table.replace(rule.record)) return;
    table.add(rule.record);
    this.#blocked.add(rule);
  }

  #remove(rule: Rule): void {
    if (this.#tables[rule.kind].remove(rule.record)) this.#blocked.remove(rule);
  }
}

function validateArray(
  value: unknown,
  name: string,
): asserts value is readonly unknown[] {
  if (!Array.isArray(value)) throw invalidArgType(name, "Array", value);
}

function isStrings(value: unknown): value is readonly string[] {
  // `every` skips the holes of an array; a spread turns them into elements.
  return Array.isArray(value) &&
    [...value].every((text) => typeof text === "string");
}
