/**
 * Properties of `isIP`, `SocketAddress` and `BlockList`: for any addresses and
 * any sequence of rules, they do what the naive reference does, and what Node's
 * own classes do where that Node has every member.
 *
 * @module
 */
import assert from "node:assert/strict";
import * as own from "node:net";
import fc from "fast-check";
import { BlockList } from "../../polyfills/block_list/block_list.ts";
import { isIP, isIPv4, isIPv6 } from "../../polyfills/address/ip.ts";
import { SocketAddress } from "../../polyfills/address/socket_address.ts";
import {
  formatNaive,
  type NaiveAddress,
  NaiveBlockList,
  naiveIsIP,
  parseAddress,
} from "./naive_block_list.ts";
import { runtimeName } from "../helpers/runtime.ts";

/** Node's own class, if it has every member. Other runtimes' classes differ. */
const OwnBlockList =
  runtimeName === "node" && "removeSubnet" in own.BlockList.prototype
    ? own.BlockList as unknown as typeof BlockList
    : undefined;

/** Node 24 reads `::ffff:1.2.3.4` in a text as `::ffff:1`. */
const ownReadsAllTexts = OwnBlockList !== undefined && readsAllTexts();

function readsAllTexts(): boolean {
  const list = new OwnBlockList!();
  const texts = ["Address: IPv6 ::ffff:1.2.3.4"];
  list.fromJSON(texts);
  return list.rules[0] === texts[0];
}

type Family = "ipv4" | "ipv6";

const versionOf = (family: Family) => family === "ipv4" ? 4 : 6;

// Addresses come from a few places only, so that rules often match them.
const IPV4_PLACES = [0n, 0x0a000000n, 0x7fffff00n, 0x80000000n, 0xffffff00n];
const IPV6_PLACES = [
  0n,
  0xfffe_ffff_ff00n,
  0xffff_0000_0000n,
  0xffff_0a00_0000n,
  0xffff_ffff_ff00n,
  0x1_0000_0000_0000n,
  0x2001_0db8_0000_0000_0000_0000_0000_0000n,
  0x2001_0db8_0000_0001_8000_0000_ffff_ff00n,
  0x7fff_ffff_ffff_ffff_ffff_ffff_ffff_ff00n,
  0x8000_0000_0000_0000_0000_0000_0000_0000n,
  0xffff_ffff_ffff_ffff_ffff_ffff_ffff_ff00n,
];

/** Ways to write an IPv6 address that all mean the same. */
const SPELLINGS: readonly ((address: NaiveAddress) => string)[] = [
  formatNaive,
  (address) => formatNaive(address).toUpperCase(),
  ({ bits }) =>
    bits.toString(16).padStart(32, "0").replace(/(....)(?=.)/g, "$1:"),
  ({ bits }) => {
    const [, upper, lower] = /^(.{24})(.{8})$/.exec(
      bits.toString(16).padStart(32, "0"),
    )!;
    const ipv4 = /(..)(..)(..)(..)/.exec(lower!)!.slice(1)
      .map((byte) => Number.parseInt(byte, 16)).join(".");
    return `${upper!.replace(/(....)/g, "$1:")}${ipv4}`;
  },
  // No interface has this name, so every runtime ignores it. The name is short
  // because Node truncates longer addresses that have a zone.
  (address) => {
    const text = formatNaive(address);
    return text.length < 40 ? `${text}%none` : text;
  },
];

const family: fc.Arbitrary<Family> = fc.constantFrom("ipv4", "ipv6");

function textOf(family: Family): fc.Arbitrary<string> {
  const low = fc.oneof(fc.nat(15), fc.nat(255));
  if (family === "ipv4") {
    return fc.tuple(fc.constantFrom(...IPV4_PLACES), low).map(([place, low]) =>
      formatNaive({ bits: place | BigInt(low), version: 4 })
    );
  }
  return fc.tuple(
    fc.constantFrom(...IPV6_PLACES),
    low,
    fc.constantFrom(...SPELLINGS),
  ).map(([place, low, spell]) =>
    spell({ bits: place | BigInt(low), version: 6 })
  );
}

const ipv4Text = textOf("ipv4");
const ipv6Text = textOf("ipv6");

const CHARACTERS = [..."0123456789abfAFgz:::...%/-[] \0é\u{131}"];

/** An address with something inserted that does not belong there. */
const mutatedText: fc.Arbitrary<string> = fc.tuple(
  fc.oneof(ipv4Text, ipv6Text),
  fc.array(
    fc.tuple(
      fc.nat(50),
      fc.constantFrom(...CHARACTERS),
      fc.constantFrom("insert", "replace", "remove"),
    ),
    { minLength: 1, maxLength: 4 },
  ),
).map(([text, changes]) => {
  for (const [place, character, change] of changes) {
    const at = place % (text.length + 1);
    text = text.slice(0, at) + (change === "remove" ? "" : character) +
      text.slice(change === "insert" ? at : at + 1);
  }
  return text;
});

/** Usually an address of the given family. */
const address: fc.Arbitrary<{ text: string; family: Family; wrap: boolean }> =
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc.record({
        text: ipv4Text,
        family: fc.constant<Family>("ipv4"),
        wrap: fc.boolean(),
      }),
    },
    {
      weight: 9,
      arbitrary: fc.record({
        text: ipv6Text,
        family: fc.constant<Family>("ipv6"),
        wrap: fc.boolean(),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        text: mutatedText,
        family,
        wrap: fc.constant(false),
      }),
    },
  );

type Address = typeof address extends fc.Arbitrary<infer T> ? T : never;

/** Node reads no more than 39 characters of an address before a zone. */
function isCutByNode({ text }: { text: string }): boolean {
  return text.split("\0")[0]!.indexOf("%") > 39;
}

/** One call on a list. */
type Operation =
  | { name: "addAddress" | "removeAddress"; address: Address }
  | { name: "addAddresses"; addresses: readonly Address[]; family: Family }
  | { name: "addRange" | "removeRange"; start: Address; end: Address }
  | { name: "addSubnet" | "removeSubnet"; network: Address; prefix: number }
  | { name: "addCIDR" | "removeCIDR"; cidr: Cidr }
  | { name: "addCIDRs"; cidrs: readonly Cidr[] }
  | { name: "fromJSON"; texts: readonly string[] }
  | { name: "clear" };

interface Cidr {
  readonly network: Address;
  readonly prefix: number;
}

const prefix = fc.oneof(
  fc.constantFrom(0, 8, 24, 31, 32, 64, 79, 80, 95, 96, 97, 120, 127, 128),
  fc.nat(130),
);
const cidr: fc.Arbitrary<Cidr> = fc.record({ network: address, prefix });

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      name: fc.constantFrom("addAddress", "addAddress", "removeAddress"),
      address,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      name: fc.constantFrom("addRange", "addRange", "removeRange"),
      start: address,
      end: address,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      name: fc.constantFrom("addSubnet", "addSubnet", "removeSubnet"),
      network: address,
      prefix,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      name: fc.constantFrom("addCIDR", "removeCIDR"),
      cidr,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      name: fc.constant("addCIDRs"),
      cidrs: fc.array(cidr, { maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      name: fc.constant("addAddresses"),
      addresses: fc.array(address, { maxLength: 3 }),
      family,
    }),
  },
  {
    weight: 1,
    // The texts are taken from the rules that the list has by then.
    arbitrary: fc.constantFrom<Operation>(
      { name: "clear" },
      { name: "fromJSON", texts: [] },
    ),
  },
) as fc.Arbitrary<Operation>;

/** The address as a string or, if it is to be wrapped, as an object. */
function argument(
  { text, family, wrap }: Address,
  Class: typeof SocketAddress,
): string {
  // The overloads take only strings, but at run time it may be either.
  return wrap ? new Class({ address: text, family }) as never : text;
}

/** The family that says how to read an address given as a string. */
function familyOf(...addresses: readonly Address[]): Family | undefined {
  return addresses.find(({ wrap }) => !wrap)?.family;
}

const cidrText = ({ network, prefix }: Cidr) => `${network.text}/${prefix}`;

function call(
  operation: Operation,
  list: BlockList,
  Class: typeof SocketAddress,
): void {
  switch (operation.name) {
    case "addAddress":
    case "removeAddress": {
      const { name, address } = operation;
      return list[name](argument(address, Class), familyOf(address));
    }
    case "addAddresses":
      return list.addAddresses(
        operation.addresses.map((address) => argument(address, Class)),
        operation.family,
      );
    case "addRange":
    case "removeRange": {
      const { name, start, end } = operation;
      return list[name](
        argument(start, Class),
        argument(end, Class),
        familyOf(start, end),
      );
    }
    case "addSubnet":
    case "removeSubnet": {
      const { name, network, prefix } = operation;
      return list[name](argument(network, Class), prefix, familyOf(network));
    }
    case "addCIDR":
    case "removeCIDR":
      return list[operation.name](cidrText(operation.cidr));
    case "addCIDRs":
      return list.addCIDRs(operation.cidrs.map(cidrText));
    case "fromJSON":
      return list.fromJSON(operation.texts);
    case "clear":
      return list.clear();
  }
}

function read(
  { text, family, wrap }: Address,
  asked: Family = family,
): NaiveAddress | undefined {
  return parseAddress(text, versionOf(wrap ? family : asked));
}

/**
 * Does the same to the naive list. Returns `false` and changes nothing if the
 * call must fail.
 */
function callNaively(operation: Operation, list: NaiveBlockList): boolean {
  switch (operation.name) {
    case "addAddress":
    case "removeAddress": {
      const address = read(operation.address);
      if (address === undefined) return false;
      list[operation.name](address);
      return true;
    }
    case "addAddresses": {
      const addresses = operation.addresses.map((address) =>
        read(address, operation.family)
      );
      if (addresses.includes(undefined)) return false;
      for (const address of addresses) list.addAddress(address!);
      return true;
    }
    case "addRange":
    case "removeRange": {
      const asked = familyOf(operation.start, operation.end);
      const start = read(operation.start, asked);
      const end = read(operation.end, asked);
      if (start === undefined || end === undefined) return false;
      return list[operation.name](start, end) ?? true;
    }
    case "addSubnet":
    case "removeSubnet": {
      const { name, network, prefix } = operation;
      return change(list, name, read(network), prefix);
    }
    case "addCIDR":
    case "removeCIDR": {
      const name = operation.name === "addCIDR" ? "addSubnet" : "removeSubnet";
      const { network, prefix } = operation.cidr;
      return change(list, name, readNetwork(network), prefix);
    }
    case "addCIDRs": {
      const scratch = new NaiveBlockList();
      const add = (list: NaiveBlockList) =>
        operation.cidrs.every(({ network, prefix }) =>
          change(list, "addSubnet", readNetwork(network), prefix)
        );
      return add(scratch) && add(list);
    }
    case "clear":
      list.clear();
      return true;
    case "fromJSON":
      return list.fromJSON(operation.texts);
  }
}

/** The network of a subnet in CIDR notation. It is IPv6 if it has a colon. */
function readNetwork({ text }: Address): NaiveAddress | undefined {
  return parseAddress(text, text.includes(":") ? 6 : 4);
}

function change(
  list: NaiveBlockList,
  name: "addSubnet" | "removeSubnet",
  network: NaiveAddress | undefined,
  prefix: number,
): boolean {
  if (network === undefined) return false;
  if (prefix > (network.version === 4 ? 32 : 128)) return false;
  list[name](network, prefix);
  return true;
}

/**
 * Node lists addresses in the order of a hash table, so the order is undefined.
 */
function anyOrder(rules: readonly string[]): string[] {
  const isAddress = (rule: string) => rule.startsWith("Address");
  return [
    ...rules.filter(isAddress).sort(),
    ...rules.filter((rule) => !isAddress(rule)),
  ];
}

interface Failure {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
}

/** The error that a call throws. */
function failure(run: () => void): Failure | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    const { name, code, message } = error as Failure;
    return { name, code, message };
  }
}

function addressesOf(operation: Operation): readonly Address[] {
  switch (operation.name) {
    case "addAddress":
    case "removeAddress":
      return [operation.address];
    case "addAddresses":
      return operation.addresses;
    case "addRange":
    case "removeRange":
      return [operation.start, operation.end];
    case "addSubnet":
    case "removeSubnet":
      return [operation.network];
    case "addCIDR":
    case "removeCIDR":
      return [operation.cidr.network];
    case "addCIDRs":
      return operation.cidrs.map(({ network }) => network);
    case "fromJSON":
    case "clear":
      return [];
  }
}

/** Texts are addresses exactly when the naive reference says so. */
export function checkIsIP(runs: number): void {
  const text = fc.oneof(ipv4Text, ipv6Text, mutatedText, fc.string());
  fc.assert(
    fc.property(text, (text) => {
      const expected = naiveIsIP(text);
      assert.equal(isIP(text), expected);
      assert.equal(isIPv4(text), expected === 4);
      assert.equal(isIPv6(text), expected === 6);
      assert.equal(own.isIP(text), expected, "the runtime's own");
    }),
    { numRuns: runs },
  );
}

/**
 * `SocketAddress` accepts, refuses and prints addresses as the reference does.
 */
export function checkSocketAddress(runs: number): void {
  const text = fc.oneof(ipv4Text, ipv6Text, mutatedText);
  const port = fc.nat(65535);
  fc.assert(
    fc.property(text, family, port, (address, family, port) => {
      const options = { address, family, port };
      const expected = parseAddress(address, versionOf(family));
      const error = failure(() => new SocketAddress(options));
      if (expected === undefined) {
        assert.equal(error?.code, "ERR_INVALID_ADDRESS");
      } else {
        assert.equal(error, undefined);
        assert.deepEqual(new SocketAddress(options).toJSON(), {
          address: formatNaive(expected),
          port,
          family,
          flowlabel: 0,
        });
      }
      if (OwnBlockList === undefined || isCutByNode({ text: address })) return;
      assert.deepEqual(error, failure(() => new own.SocketAddress(options)));
      if (error !== undefined) return;
      const same = new own.SocketAddress(options);
      assert.equal(new SocketAddress(options).address, same.address);
    }),
    { numRuns: runs },
  );
}

/**
 * After any sequence of calls, a list is like the reference and Node's own
 * list.
 */
export function checkBlockList(runs: number): void {
  const operations = fc.array(operation, { maxLength: 12 });
  const probes = fc.array(address, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(operations, probes, (operations, probes) => {
      const list = new BlockList();
      const naive = new NaiveBlockList();
      const theirs = OwnBlockList && new OwnBlockList();
      for (let operation of operations) {
        if (theirs && addressesOf(operation).some(isCutByNode)) continue;
        if (theirs && operation.name === "fromJSON" && !ownReadsAllTexts) {
          continue;
        }
        const before = list.rules;
        if (operation.name === "fromJSON") {
          operation = { name: "fromJSON", texts: before.slice(0, 8) };
        }
        const error = failure(() => call(operation, list, SocketAddress));
        assert.equal(error === undefined, callNaively(operation, naive));
        if (error !== undefined) assert.deepEqual(list.rules, before);
        if (theirs === undefined) continue;
        // A call that fails never changes our list, but may change Node's.
        const target = error === undefined ? theirs : new OwnBlockList!();
        assert.deepEqual(
          error,
          failure(() =>
            call(operation, target, own.SocketAddress as typeof SocketAddress)
          ),
        );
      }
      assert.deepEqual(list.rules, naive.rules);
      assert.equal(list.size, naive.size);
      if (theirs) {
        assert.deepEqual(anyOrder(list.rules), anyOrder(theirs.rules));
      }
      for (const probe of probes) {
        const { text, family } = probe;
        const address = read(probe);
        const found = list.check(text, family);
        assert.equal(found, address !== undefined && naive.check(address));
        // Enough rules for the list to build an index.
        for (let i = 0; i < 20; i++) {
          assert.equal(list.check(text, family), found);
        }
        if (address !== undefined) {
          const object = new SocketAddress({ address: text, family });
          assert.equal(list.check(object), found);
        }
        if (theirs === undefined || isCutByNode(probe)) continue;
        assert.equal(found, theirs.check(text, family));
      }
    }),
    { numRuns: runs },
  );
}
