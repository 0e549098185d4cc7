import assert from "node:assert/strict";
import * as own from "node:net";
import { test } from "node:test";
import { inspect } from "node:util";
import { BlockList, SocketAddress } from "../../mod.ts";

const BAD_ADDRESS = {
  name: "Error",
  code: "ERR_INVALID_ADDRESS",
  message: "Invalid socket address",
};

/** A list with rules of each kind. */
function example(): BlockList {
  const list = new BlockList();
  list.addAddress("192.0.2.1");
  list.addAddress("2001:DB8::0001", "ipv6");
  list.addSubnet("10.1.2.3", 8);
  list.addSubnet("fe80::1", 64, "ipv6");
  list.addRange("172.16.0.1", "172.16.0.9");
  list.addRange("2001:db8:1::", "2001:db8:1::ff", "ipv6");
  return list;
}

const EXAMPLE = [
  "Address: IPv6 2001:db8::1",
  "Address: IPv4 192.0.2.1",
  "Subnet: IPv6 fe80::1/64",
  "Subnet: IPv4 10.1.2.3/8",
  "Range: IPv6 2001:db8:1::-2001:db8:1::ff",
  "Range: IPv4 172.16.0.1-172.16.0.9",
];

/** Expects that `call` throws and leaves the list as it was. */
function refuses(
  call: (list: BlockList) => void,
  expected: { code: string; name?: string; message?: string | RegExp },
): void {
  const list = example();
  assert.throws(() => call(list), expected);
  assert.deepEqual(list.rules, EXAMPLE);
  assert.equal(list.size, EXAMPLE.length);
  assert.equal(list.check("1.1.1.1"), false);
  assert.equal(list.check("::1:1", "ipv6"), false);
}

test("BlockList.check(): addresses, subnets and ranges, with their ends", () => {
  const list = example();
  for (
    const address of [
      "192.0.2.1",
      "10.0.0.0",
      "10.255.255.255",
      "172.16.0.1",
      "172.16.0.5",
      "172.16.0.9",
    ]
  ) {
    assert.equal(list.check(address), true, address);
    assert.equal(list.check(`::ffff:${address}`, "ipv6"), true, address);
  }
  for (
    const address of [
      "192.0.2.0",
      "192.0.2.2",
      "9.255.255.255",
      "11.0.0.0",
      "172.16.0.0",
      "172.16.0.10",
    ]
  ) {
    assert.equal(list.check(address), false, address);
    assert.equal(list.check(`::ffff:${address}`, "ipv6"), false, address);
    assert.equal(list.check(`::${address}`, "ipv6"), false, address);
  }
  for (
    const address of [
      "2001:db8::1",
      "fe80::",
      "fe80::ffff:ffff:ffff:ffff",
      "2001:db8:1::",
      "2001:db8:1::ff",
    ]
  ) {
    assert.equal(list.check(address, "ipv6"), true, address);
  }
  for (
    const address of [
      "2001:db8::",
      "2001:db8::2",
      "fe7f:ffff::",
      "fe80:0:0:1::",
      "2001:db8:0:ffff:ffff:ffff:ffff:ffff",
      "2001:db8:1::100",
    ]
  ) {
    assert.equal(list.check(address, "ipv6"), false, address);
  }
});

test("BlockList.check(): prefixes from none to all bits", () => {
  for (let prefix = 0; prefix <= 32; prefix++) {
    const list = new BlockList();
    list.addSubnet("85.170.85.170", prefix);
    assert.equal(list.check("85.170.85.170"), true);
    for (let bit = 0; bit < 32; bit++) {
      const flipped = (0x55aa55aa ^ 1 << (31 - bit)) >>> 0;
      const address = [24, 16, 8, 0].map((by) => flipped >>> by & 255).join(
        ".",
      );
      assert.equal(list.check(address), bit >= prefix, `${prefix} ${bit}`);
    }
  }
  for (let prefix = 0; prefix <= 128; prefix++) {
    const list = new BlockList();
    list.addSubnet("5555:aaaa:5555:aaaa:5555:aaaa:5555:aaaa", prefix, "ipv6");
    for (let bit = 0; bit < 128; bit++) {
      const groups = [0, 1, 2, 3, 4, 5, 6, 7].map((i) =>
        (i % 2 ? 0xaaaa : 0x5555) ^ (bit >> 4 === i ? 0x8000 >> bit % 16 : 0)
      );
      const address = groups.map((group) => group.toString(16)).join(":");
      assert.equal(
        list.check(address, "ipv6"),
        bit >= prefix,
        `${prefix} ${bit}`,
      );
    }
  }
});

test("BlockList.check(): the same for IPv4 and its IPv4-mapped form", () => {
  const add: ((list: BlockList) => void)[] = [
    (list) => list.addAddress("::ffff:10.0.0.5", "ipv6"),
    (list) => list.addAddress("::ffff:a00:5", "ipv6"),
    (list) => list.addSubnet("::ffff:10.0.0.0", 125, "ipv6"),
    (list) => list.addRange("::ffff:10.0.0.5", "::ffff:10.0.0.7", "ipv6"),
  ];
  for (const rule of add) {
    const list = new BlockList();
    rule(list);
    assert.equal(list.check("10.0.0.5"), true);
    assert.equal(list.check("::ffff:a00:5", "ipv6"), true);
    assert.equal(list.check("0:0:0:0:0:ffff:a00:5", "ipv6"), true);
    assert.equal(list.check("10.0.0.8"), false);
    assert.equal(list.check("::a00:5", "ipv6"), false);
  }
});

test("BlockList.check(): IPv6 subnets around IPv4-mapped hold IPv4, ranges not", () => {
  for (const prefix of [0, 1, 79, 80, 96]) {
    const list = new BlockList();
    list.addSubnet("::ffff:0:0", prefix, "ipv6");
    assert.equal(list.check("1.2.3.4"), true, `${prefix}`);
    assert.equal(list.check("::ffff:1.2.3.4", "ipv6"), true, `${prefix}`);
    list.removeSubnet("::ffff:0:0", prefix, "ipv6");
    assert.equal(list.check("1.2.3.4"), false, `${prefix}`);
  }
  const below = new BlockList();
  below.addSubnet("::", 81, "ipv6");
  assert.equal(below.check("1.2.3.4"), false);
  for (
    const [start, end] of [
      ["::", "ffff::"],
      ["::ffff:1.0.0.0", "::1:0:0:0"],
      ["::fffe:0:0", "::ffff:255.0.0.0"],
    ]
  ) {
    const list = new BlockList();
    list.addRange(start!, end!, "ipv6");
    assert.equal(list.check("1.2.3.4"), false);
    assert.equal(list.check("::ffff:1.2.3.4", "ipv6"), true);
  }
});

test("BlockList.addRange(): from one family to the other", () => {
  const ipv4 = (address: string) => new SocketAddress({ address });
  const ipv6 = (address: string) =>
    new SocketAddress({ address, family: "ipv6" });
  const mapped = new BlockList();
  mapped.addRange(ipv4("10.0.0.1"), ipv6("::ffff:10.0.0.9"));
  assert.deepEqual(mapped.rules, ["Range: IPv4 10.0.0.1-::ffff:10.0.0.9"]);
  assert.equal(mapped.check("10.0.0.5"), true);
  assert.equal(mapped.check("::ffff:10.0.0.5", "ipv6"), true);
  assert.equal(mapped.check("10.0.0.10"), false);
  // Only an IPv4-mapped address can be compared with both ends of these.
  const up = new BlockList();
  up.addRange(ipv4("10.0.0.5"), ipv6("2001:db8::"));
  const down = new BlockList();
  down.addRange(ipv6("::5"), ipv4("10.0.0.5"));
  for (
    const [address, isAbove, isBelow] of [
      ["::ffff:10.0.0.5", true, true],
      ["::ffff:10.0.0.6", true, false],
      ["::ffff:10.0.0.4", false, true],
      ["::ffff:255.255.255.255", true, false],
      ["::1:0:0:0", false, false],
      ["::6", false, false],
    ] as const
  ) {
    assert.equal(up.check(address, "ipv6"), isAbove, address);
    assert.equal(down.check(address, "ipv6"), isBelow, address);
  }
  assert.equal(up.check("10.0.0.6"), false);
  assert.equal(down.check("10.0.0.4"), false);
  const none = new BlockList();
  none.addRange(ipv6("2001:db8::"), ipv4("10.0.0.5"));
  assert.equal(none.size, 1);
  assert.equal(none.check("::ffff:10.0.0.1", "ipv6"), false);
  none.removeRange(ipv6("2001:db8::"), ipv4("10.0.0.5"));
  assert.equal(none.size, 0);
});

test("BlockList: zones, ports and flow labels are no part of a rule", () => {
  const list = new BlockList();
  list.addAddress("fe80::1%lo", "ipv6");
  assert.deepEqual(list.rules, ["Address: IPv6 fe80::1"]);
  assert.equal(list.check("fe80::1", "ipv6"), true);
  assert.equal(list.check("fe80::1%eth7", "ipv6"), true);
  const address = "::2";
  const family = "ipv6";
  list.addSubnet(new SocketAddress({ address, family, port: 80 }), 128);
  assert.equal(
    list.check(new SocketAddress({ address, family, port: 443 })),
    true,
  );
  list.removeSubnet(
    new SocketAddress({ address, family, flowlabel: 5 }),
    128,
  );
  assert.equal(list.check(address, family), false);
});

test("BlockList.check(): false for what is no address of the family", () => {
  const list = new BlockList();
  list.addSubnet("0.0.0.0", 0);
  list.addSubnet("::", 0, "ipv6");
  assert.equal(list.check("1.2.3.4"), true);
  for (const address of ["", "x", "::1", "1.2.3", "1.2.3.4/8", "1.2.3.4%lo"]) {
    assert.equal(list.check(address), false, address);
  }
  for (const address of ["", "x", "1.2.3.4", "::1 ", "[::1]"]) {
    assert.equal(list.check(address, "ipv6"), false, address);
  }
});

test("BlockList.check(): the family in any case, another one as IPv6", () => {
  const list = example();
  assert.equal(list.check("192.0.2.1", "IPv4" as "ipv4"), true);
  assert.equal(list.check("2001:db8::1", "IPv6" as "ipv6"), true);
  assert.equal(list.check("2001:db8::1", "other" as "ipv6"), true);
  assert.equal(list.check("192.0.2.1", "other" as "ipv6"), false);
});

test("BlockList: refuses strings that are no address of their family", () => {
  refuses((list) => list.addAddress("x"), BAD_ADDRESS);
  refuses((list) => list.addAddress("::1"), BAD_ADDRESS);
  refuses((list) => list.addAddress("1.1.1.1", "ipv6"), BAD_ADDRESS);
  refuses((list) => list.addRange("1.1.1.1", "::2"), BAD_ADDRESS);
  refuses((list) => list.addSubnet("1.1.1", 8), BAD_ADDRESS);
  refuses((list) => list.addCIDR("1.1.1/8"), BAD_ADDRESS);
  refuses((list) => list.addCIDR("/8"), BAD_ADDRESS);
  refuses((list) => list.removeAddress("x"), BAD_ADDRESS);
  refuses((list) => list.removeRange("1.1.1.1", "x"), BAD_ADDRESS);
  refuses((list) => list.removeSubnet("x", 8), BAD_ADDRESS);
  refuses((list) => list.removeCIDR("[::1]/8"), BAD_ADDRESS);
});

test("BlockList: refuses arguments of a wrong type", () => {
  const wrong = (name: string, type: string, what: string) => ({
    name: "TypeError",
    code: "ERR_INVALID_ARG_TYPE",
    message: `The "${name}" argument must be ${type}. Received ${what}`,
  });
  const one = 1 as never;
  const text = "of type string";
  const number = "type number (1)";
  refuses((list) => list.addAddress(one), wrong("address", text, number));
  refuses(
    (list) => list.addAddress({ address: "1.1.1.1" } as never),
    wrong("address", text, "an instance of Object"),
  );
  refuses((list) => list.addAddress("x", one), wrong("family", text, number));
  refuses((list) => list.addRange(one, "x"), wrong("start", text, number));
  refuses((list) => list.addRange("1.1.1.1", one), wrong("end", text, number));
  refuses((list) => list.addSubnet(one, 8), wrong("network", text, number));
  refuses(
    (list) => list.addSubnet("1.1.1.1", "8" as never),
    wrong("prefix", "of type number", "type string ('8')"),
  );
  refuses((list) => list.addCIDR(one), wrong("cidr", text, number));
  refuses(
    (list) => list.addCIDRs("x" as never),
    wrong("cidrs", "an instance of Array", "type string ('x')"),
  );
  refuses(
    (list) => list.addAddresses(one),
    wrong("addresses", "an instance of Array", number),
  );
  refuses((list) => list.check(one), wrong("address", text, number));
  refuses((list) => list.check("x", one), wrong("family", text, number));
  refuses(
    (list) => list.fromJSON(one),
    wrong("data", "of type string or string[]", number),
  );
  refuses(
    (list) => list.fromJSON([one]),
    wrong("data", "of type string or string[]", "an instance of Array"),
  );
  refuses(
    (list) => list.fromJSON('{"a":1}'),
    wrong("data", "of type string or string[]", "an instance of Object"),
  );
});

test("BlockList: refuses another family", () => {
  const expected = {
    name: "TypeError",
    code: "ERR_INVALID_ARG_VALUE",
    message: "The property 'options.family' is invalid. Received 'ipv5'",
  };
  const family = "ipv5" as "ipv4";
  refuses((list) => list.addAddress("1.1.1.1", family), expected);
  refuses((list) => list.addRange("1.1.1.1", "1.1.1.1", family), expected);
  refuses((list) => list.addSubnet("1.1.1.1", 8, family), expected);
});

test("BlockList.addSubnet(): refuses a prefix out of range", () => {
  for (
    const [prefix, family, max] of [
      [-1, "ipv4", 32],
      [33, "ipv4", 32],
      [129, "ipv6", 128],
    ] as const
  ) {
    const network = family === "ipv4" ? "1.1.1.1" : "::1:1";
    refuses((list) => list.addSubnet(network, prefix, family), {
      name: "RangeError",
      code: "ERR_OUT_OF_RANGE",
      message: 'The value of "prefix" is out of range. ' +
        `It must be >= 0 && <= ${max}. Received ${prefix}`,
    });
  }
  for (const prefix of [1.5, NaN, Infinity]) {
    refuses((list) => list.addSubnet("1.1.1.1", prefix), {
      code: "ERR_OUT_OF_RANGE",
      message: 'The value of "prefix" is out of range. ' +
        `It must be an integer. Received ${prefix}`,
    });
  }
  const list = new BlockList();
  list.addSubnet("1.1.1.1", -0);
  assert.deepEqual(list.rules, ["Subnet: IPv4 1.1.1.1/0"]);
});

test("BlockList.addRange(): refuses a start above the end", () => {
  refuses((list) => list.addRange("1.1.1.2", "1.1.1.1"), {
    name: "TypeError",
    code: "ERR_INVALID_ARG_VALUE",
    message: "The argument 'start' must come before end. Received " +
      "SocketAddress { address: '1.1.1.2', port: 0, family: 'ipv4', flowlabel: 0 }",
  });
  // Addresses are in the order of unsigned integers.
  refuses((list) => list.addRange("128.0.0.0", "1.1.1.1"), {
    code: "ERR_INVALID_ARG_VALUE",
  });
  refuses((list) => list.addRange("8000::", "1::", "ipv6"), {
    code: "ERR_INVALID_ARG_VALUE",
  });
  const list = example();
  list.removeRange("1.1.1.2", "1.1.1.1");
  assert.deepEqual(list.rules, EXAMPLE);
});

test("BlockList.addCIDR(): finds the family, and insists on a decimal prefix", () => {
  const list = new BlockList();
  list.addCIDR("10.0.0.0/8");
  list.addCIDR("::ffff:1.2.3.4/120");
  list.addCIDR("fe80::%lo/10");
  assert.deepEqual(list.rules, [
    "Subnet: IPv6 fe80::/10",
    "Subnet: IPv6 ::ffff:1.2.3.4/120",
    "Subnet: IPv4 10.0.0.0/8",
  ]);
  refuses((list) => list.addCIDR("10.0.0.0"), {
    code: "ERR_INVALID_ARG_VALUE",
    message: "The argument 'cidr' must contain a prefix length " +
      "(e.g. \"10.0.0.0/8\"). Received '10.0.0.0'",
  });
  for (const prefix of ["", "08", "+8", "-0", " 8", "8 ", "1e1", "x", "NaN"]) {
    refuses((list) => list.addCIDR(`1.1.1.1/${prefix}`), {
      code: "ERR_INVALID_ARG_VALUE",
      message: "The argument 'cidr' prefix length must be a valid integer. " +
        `Received '1.1.1.1/${prefix}'`,
    });
  }
  refuses((list) => list.addCIDR("1.1.1.1/33"), { code: "ERR_OUT_OF_RANGE" });
});

test("BlockList.addCIDRs(), addAddresses(): all or none", () => {
  const list = new BlockList();
  list.addCIDRs(["10.0.0.0/8", "::1/128"]);
  list.addAddresses(["::2", "::3", "::2"], "ipv6");
  list.addAddresses([new SocketAddress({ address: "1.1.1.1" })], "ipv6");
  list.addCIDRs([]);
  list.addAddresses([]);
  assert.deepEqual(list.rules, [
    "Address: IPv4 1.1.1.1",
    "Address: IPv6 ::3",
    "Address: IPv6 ::2",
    "Subnet: IPv6 ::1/128",
    "Subnet: IPv4 10.0.0.0/8",
  ]);
  refuses((list) => list.addCIDRs(["1.1.1.0/24", "x/8"]), BAD_ADDRESS);
  refuses((list) => list.addCIDRs(["1.1.1.0/24", "1.1.1.1/33"]), {
    code: "ERR_OUT_OF_RANGE",
  });
  refuses((list) => list.addCIDRs(["1.1.1.0/24", "1.1.1.1"]), {
    code: "ERR_INVALID_ARG_VALUE",
  });
  refuses((list) => list.addCIDRs(["1.1.1.0/24", 1 as never]), {
    code: "ERR_INVALID_ARG_TYPE",
    message: 'The "cidrs[1]" argument must be of type string. ' +
      "Received type number (1)",
  });
  refuses((list) => list.addAddresses(["1.1.1.1", "::1"]), BAD_ADDRESS);
  const sparse = ["1.1.1.1"];
  sparse[2] = "1.1.1.2";
  refuses((list) => list.addAddresses(sparse), {
    code: "ERR_INVALID_ARG_TYPE",
    message: 'The "addresses[1]" argument must be of type string. ' +
      "Received undefined",
  });
});

test("BlockList.rules: an address is one rule, in its latest form", () => {
  const list = new BlockList();
  list.addAddress("1.1.1.1");
  list.addAddress("2.2.2.2");
  list.addAddress("::ffff:1.1.1.1", "ipv6");
  assert.equal(list.size, 2);
  assert.deepEqual(list.rules, [
    "Address: IPv4 2.2.2.2",
    "Address: IPv6 ::ffff:1.1.1.1",
  ]);
  list.removeAddress("1.1.1.1");
  assert.deepEqual(list.rules, ["Address: IPv4 2.2.2.2"]);
  assert.equal(list.check("1.1.1.1"), false);
});

test("BlockList.removeSubnet(), removeRange(): the newest of equal rules", () => {
  const list = new BlockList();
  list.addSubnet("3.0.0.0", 8);
  list.addSubnet("4.0.0.0", 8);
  list.addSubnet("3.0.0.0", 8);
  list.addRange("3.0.0.0", "3.0.0.9");
  list.addRange("4.0.0.0", "4.0.0.9");
  list.addRange("3.0.0.0", "3.0.0.9");
  list.removeCIDR("3.0.0.0/8");
  list.removeRange("3.0.0.0", "3.0.0.9");
  assert.deepEqual(list.rules, [
    "Subnet: IPv4 4.0.0.0/8",
    "Subnet: IPv4 3.0.0.0/8",
    "Range: IPv4 4.0.0.0-4.0.0.9",
    "Range: IPv4 3.0.0.0-3.0.0.9",
  ]);
  assert.equal(list.check("3.3.3.3"), true);
  list.removeSubnet("3.0.0.0", 8);
  assert.equal(list.check("3.3.3.3"), false);
  assert.equal(list.check("3.0.0.5"), true);
  list.removeRange("3.0.0.0", "3.0.0.9");
  assert.equal(list.check("3.0.0.5"), false);
  assert.equal(list.check("4.4.4.4"), true);
});

test("BlockList: removes only rules that say exactly the same", () => {
  const list = example();
  list.removeAddress("10.1.2.3");
  list.removeSubnet("10.0.0.0", 8);
  list.removeSubnet("10.1.2.3", 9);
  list.removeSubnet("::ffff:10.1.2.3", 104, "ipv6");
  list.removeRange("172.16.0.1", "172.16.0.8");
  list.removeRange("::ffff:172.16.0.1", "::ffff:172.16.0.9", "ipv6");
  assert.deepEqual(list.rules, EXAMPLE);
  list.removeAddress("2001:db8::1", "ipv6");
  list.removeAddress("192.0.2.1");
  list.removeSubnet("fe80::1", 64, "ipv6");
  list.removeCIDR("10.1.2.3/8");
  list.removeRange("2001:db8:1::", "2001:db8:1::ff", "ipv6");
  list.removeRange("172.16.0.1", "172.16.0.9");
  assert.equal(list.size, 0);
  assert.deepEqual(list.rules, []);
});

test("BlockList.clear(): removes all rules, and the list goes on", () => {
  const list = example();
  list.clear();
  assert.equal(list.size, 0);
  assert.deepEqual(list.rules, []);
  assert.equal(list.check("192.0.2.1"), false);
  list.addAddress("192.0.2.1");
  assert.equal(list.check("192.0.2.1"), true);
  assert.equal(list.size, 1);
});

test("BlockList.rules: a copy, and neither it nor size can be set", () => {
  const list = example();
  assert.deepEqual(list.rules, EXAMPLE);
  (list.rules as string[]).push("x");
  assert.deepEqual(list.rules, EXAMPLE);
  assert.throws(() => Object.assign(list, { rules: [] }), TypeError);
  assert.throws(() => Object.assign(list, { size: 0 }), TypeError);
});

test("BlockList.fromJSON(): adds what toJSON() gives", () => {
  const list = new BlockList();
  list.fromJSON(example().toJSON());
  // The rule added last is listed first.
  assert.deepEqual([...list.rules].sort(), [...EXAMPLE].sort());
  assert.equal(list.rules[0], "Address: IPv4 192.0.2.1");
  const copy = new BlockList();
  copy.fromJSON(JSON.stringify(list));
  assert.deepEqual(copy.rules, EXAMPLE);
  assert.equal(copy.check("10.200.0.1"), true);
  assert.equal(JSON.stringify({ copy }), JSON.stringify({ copy: EXAMPLE }));
});

test("BlockList.fromJSON(): finds rules in texts, and passes others over", () => {
  for (
    const [text, expected] of Object.entries({
      "": [],
      "nothing": [],
      "subnet: IPv4 1.2.3.4/8": [],
      "Address: ipv6 ::1": [],
      "Address: IPv6 IPv4 ::1": [],
      "Range: IPv4 1.1.1.1-::ffff:1.1.1.2": [],
      "xAddress: IPv4 1.2.3.4x": ["Address: IPv4 1.2.3.4"],
      "Subnet: IPv4 1.2.3.4/100": ["Subnet: IPv4 1.2.3.4/10"],
      "ADDRESS: ipv6 ::1 IPv6": ["Address: IPv6 ::1"],
      "Address: IPv6 ::1/64": ["Address: IPv6 ::1"],
      "Subnet: IPv6 ::1/1281": ["Subnet: IPv6 ::1/128"],
      "Address: IPv4 9.9.9.9 Subnet: IPv4 1.2.3.4/8": [
        "Subnet: IPv4 1.2.3.4/8",
      ],
    })
  ) {
    const list = new BlockList();
    list.fromJSON([text]);
    assert.deepEqual(list.rules, expected, text);
  }
});

test("BlockList.fromJSON(): all or none", () => {
  const good = "Address: IPv4 1.1.1.1";
  refuses((list) => list.fromJSON([good, "Address: IPv4 999.1.1.1"]), {
    code: "ERR_INVALID_ADDRESS",
  });
  refuses((list) => list.fromJSON([good, "Subnet: IPv6 ::1/129"]), {
    code: "ERR_OUT_OF_RANGE",
  });
  refuses((list) => list.fromJSON([good, "Range: IPv4 1.1.1.2-1.1.1.1"]), {
    code: "ERR_INVALID_ARG_VALUE",
  });
  refuses((list) => list.fromJSON(JSON.stringify([good, 1])), {
    code: "ERR_INVALID_ARG_TYPE",
  });
  const list = example();
  assert.throws(() => list.fromJSON("no JSON"), SyntaxError);
  assert.deepEqual(list.rules, EXAMPLE);
});

test("BlockList.isBlockList(): this package's and the runtime's", () => {
  assert.equal(BlockList.isBlockList(new BlockList()), true);
  assert.equal(BlockList.isBlockList(new own.BlockList()), true);
  class Derived extends BlockList {}
  assert.equal(BlockList.isBlockList(new Derived()), true);
  for (const value of [undefined, null, 1, {}, [], BlockList, "BlockList"]) {
    assert.equal(BlockList.isBlockList(value), false);
  }
});

test("BlockList: takes the runtime's own SocketAddress", () => {
  const list = new BlockList();
  const at = (address: string) => new own.SocketAddress({ address });
  list.addAddress(at("1.1.1.1"));
  list.addSubnet(at("2.0.0.0"), 8);
  list.addRange(at("3.0.0.1"), at("3.0.0.9"));
  assert.deepEqual(list.rules, [
    "Address: IPv4 1.1.1.1",
    "Subnet: IPv4 2.0.0.0/8",
    "Range: IPv4 3.0.0.1-3.0.0.9",
  ]);
  for (const address of ["1.1.1.1", "2.2.2.2", "3.0.0.3"]) {
    assert.equal(list.check(at(address)), true);
  }
  assert.equal(list.check(at("4.4.4.4")), false);
});

test("BlockList: its type fits where the type of Node's is asked for", () => {
  const list: own.BlockList = new BlockList();
  list.addAddress("1.1.1.1");
  assert.equal(list.check("1.1.1.1"), true);
});

test("BlockList: inspect shows its rules", () => {
  const list = new BlockList();
  assert.equal(inspect(list), "BlockList { rules: [] }");
  list.addAddress("1.1.1.1");
  assert.equal(
    inspect(list),
    "BlockList { rules: [ 'Address: IPv4 1.1.1.1' ] }",
  );
  assert.equal(inspect(list, { depth: 0 }), "BlockList [Object]");
  assert.equal(
    inspect({ a: { b: { c: list } } }),
    "{ a: { b: { c: [BlockList] } } }",
  );
});

test("BlockList.PRIVATE_RANGES: networks in CIDR notation, frozen", () => {
  const ranges = BlockList.PRIVATE_RANGES;
  assert.deepEqual(ranges, [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "127.0.0.0/8",
    "::1/128",
    "169.254.0.0/16",
    "fe80::/10",
    "fc00::/7",
  ]);
  assert.ok(Object.isFrozen(ranges));
  const list = new BlockList();
  list.addCIDRs(ranges);
  assert.equal(list.check("172.31.255.255"), true);
  assert.equal(list.check("172.32.0.0"), false);
  assert.equal(list.check("fd00::1", "ipv6"), true);
});

test("BlockList: keeps thousands of rules through adding and removing", () => {
  const list = new BlockList();
  const at = (i: number) => `10.${i >> 16}.${i >> 8 & 255}.${i & 255}`;
  for (let i = 0; i < 9000; i++) {
    list.addAddress(at(i * 2));
    if (i % 3 === 0) list.addSubnet(at(i * 2), 32);
  }
  for (let i = 0; i < 9000; i++) {
    if (i % 10 !== 0) list.removeAddress(at(i * 2));
  }
  assert.equal(list.size, 900 + 3000);
  for (let i = 0; i < 9000; i++) {
    const expected = i % 10 === 0 || i % 3 === 0;
    assert.equal(list.check(at(i * 2)), expected, at(i * 2));
    assert.equal(list.check(at(i * 2 + 1)), false, at(i * 2 + 1));
  }
  for (let i = 0; i < 9000; i++) list.addAddress(at(i * 2));
  assert.equal(list.size, 9000 + 3000);
  const addresses = list.rules.slice(0, 9000);
  assert.equal(new Set(addresses).size, 9000);
  assert.equal(addresses[0], `Address: IPv4 ${at(8999 * 2)}`);
  assert.equal(addresses.at(-1), `Address: IPv4 ${at(0)}`);
});
