import assert from "node:assert/strict";
import { test } from "node:test";
import { isIP, isIPv4, isIPv6 } from "../../mod.ts";

const IPV4 = [
  "0.0.0.0",
  "1.2.3.4",
  "9.10.99.100",
  "127.0.0.1",
  "199.200.249.250",
  "255.255.255.255",
];

const IPV6 = [
  "::",
  "::1",
  "1::",
  "1::8",
  "1:2:3:4:5:6:7:8",
  "1:2:3:4:5:6:7::",
  "::2:3:4:5:6:7:8",
  "1:2:3::5:6:7:8",
  "ABCD:EF01:2345:6789:abcd:ef01:2345:6789",
  "0000:0000:0000:0000:0000:0000:0000:0000",
  "::1.2.3.4",
  "::ffff:1.2.3.4",
  "1:2:3:4:5:6:1.2.3.4",
  "1:2:3:4:5::1.2.3.4",
  "::2:3:4:5:6:1.2.3.4",
  "fe80::1%eth0",
  "fe80::1%1",
  "fe80::1%a-b.c:D",
  "::%z",
  "::ffff:1.2.3.4%lo",
];

const NEITHER = [
  "",
  " ",
  "localhost",
  "1",
  "1.2.3",
  "1.2.3.",
  ".1.2.3",
  "1.2.3.4.",
  "1.2.3.4.5",
  "1..2.3",
  "1.2.3.256",
  "1.2.3.1000",
  "01.2.3.4",
  "1.2.3.00",
  "127.000.000.001",
  "0x7f.0.0.1",
  "1.2.3.4 ",
  " 1.2.3.4",
  "1.2.3.4\n",
  "1.2.3.4\0",
  "1.2.3.4%eth0",
  "127.0.0.1/24",
  "1.2.3.+4",
  "1.2.3.-4",
  "\u{661}.2.3.4",
  "\u{131}.2.3.4",
  ":",
  ":::",
  "1:",
  ":1",
  "1:2",
  "1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7:",
  ":2:3:4:5:6:7:8",
  "1:2:3:4:5:6:7:8:",
  "1:2:3:4:5:6:7:8:9",
  "1:2:3:4:5:6:7:8::",
  "::1:2:3:4:5:6:7:8",
  "1::2::3",
  "1:::2",
  "12345::",
  "::00001",
  "g::",
  "::\u{131}",
  "::\u{ff11}",
  "::1\0",
  "::\0",
  "1.2.3.4::",
  "::1.2.3.4:5",
  "::1.2.3",
  "::1.2.3.04",
  "::1.2.3.256",
  "1:2:3:4:5:6:7:1.2.3.4",
  "1:2:3:4:5:6::1.2.3.4",
  "[::1]",
  "::1%",
  "::1%a b",
  "::1%a%b",
  "::1%\u{e9}",
  "%eth0",
  "::1/64",
];

test("isIP(): 4 for IPv4 addresses without leading zeroes", () => {
  for (const text of IPV4) {
    assert.equal(isIP(text), 4, text);
    assert.equal(isIPv4(text), true, text);
    assert.equal(isIPv6(text), false, text);
  }
});

test("isIP(): 6 for IPv6 addresses, compressed, with IPv4 and with zones", () => {
  for (const text of IPV6) {
    assert.equal(isIP(text), 6, text);
    assert.equal(isIPv4(text), false, text);
    assert.equal(isIPv6(text), true, text);
  }
});

test("isIP(): 0 for anything else", () => {
  for (const text of NEITHER) {
    assert.equal(isIP(text), 0, JSON.stringify(text));
    assert.equal(isIPv4(text), false, JSON.stringify(text));
    assert.equal(isIPv6(text), false, JSON.stringify(text));
  }
});

test("isIP(): takes what is no string as its string", () => {
  for (const value of [undefined, null, 1, 1.2, true, {}, [], () => {}, 4n]) {
    assert.equal(isIP(value), 0, String(value));
    assert.equal(isIPv4(value), false, String(value));
    assert.equal(isIPv6(value), false, String(value));
  }
  assert.equal(isIP({ toString: () => "127.0.0.1" }), 4);
  assert.equal(isIPv4(["127.0.0.1"]), true);
  assert.equal(isIPv6(Object("::1")), true);
  assert.throws(() => isIP(Symbol("::1")), TypeError);
  assert.throws(() => isIPv4(Symbol("::1")), TypeError);
  assert.throws(() => isIPv6(Symbol("::1")), TypeError);
});

test("isIP(): a very long text is no address", () => {
  const zeroes = "0".repeat(100_000);
  for (const text of [zeroes, `::${zeroes}`, `1.2.3.${zeroes}`]) {
    assert.equal(isIP(text), 0);
  }
});
