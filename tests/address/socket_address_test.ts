import assert from "node:assert/strict";
import * as own from "node:net";
import { test } from "node:test";
import { inspect } from "node:util";
import { SocketAddress } from "../../mod.ts";

/**
 * Creates an address from any options, also from those that the types forbid.
 */
function make(options?: unknown): SocketAddress {
  return new SocketAddress(options as never);
}

function parts(address: SocketAddress | undefined): string | undefined {
  return address && `${address.family} ${address.address} ${address.port}`;
}

test("SocketAddress: the loopback or any address, port 0, by default", () => {
  const ipv4 = { address: "127.0.0.1", port: 0, family: "ipv4", flowlabel: 0 };
  const ipv6 = { address: "::", port: 0, family: "ipv6", flowlabel: 0 };
  assert.deepEqual(make().toJSON(), ipv4);
  assert.deepEqual(make({}).toJSON(), ipv4);
  assert.deepEqual(make({ family: "ipv4" }).toJSON(), ipv4);
  assert.deepEqual(make({ family: "ipv6" }).toJSON(), ipv6);
  assert.deepEqual(
    make({
      address: undefined,
      family: undefined,
      flowlabel: undefined,
      port: undefined,
    }).toJSON(),
    ipv4,
  );
});

test("SocketAddress: takes the family in any case of letters", () => {
  assert.equal(make({ family: "IPv6" }).family, "ipv6");
  assert.equal(make({ family: "IPV4", address: "1.2.3.4" }).family, "ipv4");
  // The default address is that of IPv6.
  assert.throws(() => make({ family: "IPv4" }), {
    name: "Error",
    code: "ERR_INVALID_ADDRESS",
    message: "Invalid socket address",
  });
});

test("SocketAddress: refuses another family", () => {
  for (const family of ["inet", "", 4, 6, null, {}]) {
    assert.throws(() => make({ family }), {
      name: "TypeError",
      code: "ERR_INVALID_ARG_VALUE",
      message: "The property 'options.family' is invalid. " +
        `Received ${inspect(family)}`,
    });
  }
});

test("SocketAddress: refuses what is no address of the family", () => {
  for (
    const options of [
      { address: "" },
      { address: "localhost" },
      { address: "::1" },
      { address: "1.2.3" },
      { address: "1.2.3.4%eth0" },
      { address: "1.2.3.4", family: "ipv6" },
      { address: "[::1]", family: "ipv6" },
      { address: "::1 ", family: "ipv6" },
    ]
  ) {
    assert.throws(() => make(options), { code: "ERR_INVALID_ADDRESS" });
  }
});

test("SocketAddress: refuses options of a wrong type", () => {
  for (const options of [null, 1, "1.2.3.4", [], () => {}]) {
    assert.throws(() => make(options), {
      code: "ERR_INVALID_ARG_TYPE",
      message: /^The "options" argument must be of type object\. Received /,
    });
  }
  assert.throws(() => make({ address: 1 }), {
    code: "ERR_INVALID_ARG_TYPE",
    message: 'The "options.address" property must be of type string. ' +
      "Received type number (1)",
  });
  assert.throws(() => make({ flowlabel: "1" }), {
    code: "ERR_INVALID_ARG_TYPE",
    message: 'The "options.flowlabel" property must be of type number. ' +
      "Received type string ('1')",
  });
});

test("SocketAddress: takes ports from 0 to 65535, as strings too", () => {
  for (const [port, number] of [[0, 0], [65535, 65535], ["80", 80]]) {
    assert.equal(make({ port }).port, number);
  }
  assert.equal(make({ port: " 0x10 " }).port, 16);
  assert.ok(Object.is(make({ port: -0 }).port, 0));
  for (const port of [-1, 65536, 1.5, NaN, "", "x", null, true]) {
    assert.throws(() => make({ port }), {
      name: "RangeError",
      code: "ERR_SOCKET_BAD_PORT",
      message: /^options\.port should be >= 0 and < 65536\. Received /,
    });
  }
});

test("SocketAddress: keeps a flow label of 20 bits for IPv6 only", () => {
  assert.equal(make({ family: "ipv6", flowlabel: 0xfffff }).flowlabel, 0xfffff);
  assert.equal(make({ family: "ipv4", flowlabel: 5 }).flowlabel, 0);
  for (const flowlabel of [-1, 1.5, 2 ** 32]) {
    assert.throws(() => make({ flowlabel }), { code: "ERR_OUT_OF_RANGE" });
  }
  assert.throws(() => make({ family: "ipv6", flowlabel: 0x100000 }), {
    code: "ERR_OUT_OF_RANGE",
    message: 'The value of "options.flowlabel" is out of range. ' +
      "It must be >= 0 && <= 1048575. Received 1048576",
  });
});

test("SocketAddress: writes IPv6 addresses in canonical form", () => {
  for (
    const [given, canonical] of Object.entries({
      "0:0:0:0:0:0:0:0": "::",
      "0:0:0:0:0:0:0:1": "::1",
      "2001:0DB8:0:0::1": "2001:db8::1",
      "1:0:0:2:0:0:0:3": "1:0:0:2::3",
      "1:0:0:2:3:0:0:4": "1::2:3:0:0:4",
      "1:2:3:0:5:6:7:8": "1:2:3:0:5:6:7:8",
      "0:2:3:4:5:6:7:8": "0:2:3:4:5:6:7:8",
      "1:2:3:4:5:6:0:0": "1:2:3:4:5:6::",
      "::ffff:7f00:1": "::ffff:127.0.0.1",
      "::ffff:0:0": "::ffff:0.0.0.0",
      "::1:0": "::0.1.0.0",
      "::ffff": "::ffff",
      "::0.0.255.255": "::ffff",
      "::ffff:0:1.2.3.4": "::ffff:0:102:304",
      "64:ff9b::192.0.2.1": "64:ff9b::c000:201",
      "fe80::1%eth0": "fe80::1",
      "fe80::1%": "fe80::1",
    })
  ) {
    const address = new SocketAddress({ address: given, family: "ipv6" });
    assert.equal(address.address, canonical, given);
  }
});

test("SocketAddress: a NUL ends an address, as in C", () => {
  assert.equal(make({ address: "1.2.3.4\0x" }).address, "1.2.3.4");
  assert.equal(make({ address: "::1\0%", family: "ipv6" }).address, "::1");
});

test("SocketAddress: its properties are read-only accessors", () => {
  const address = make({ address: "1.2.3.4", port: 5 });
  assert.deepEqual(Object.keys(address), []);
  assert.throws(() => Object.assign(address, { port: 6 }), TypeError);
  assert.equal(address.port, 5);
});

test("SocketAddress: JSON has address, port, family and flow label", () => {
  assert.equal(
    JSON.stringify(make({ address: "1.2.3.4", port: 5 })),
    '{"address":"1.2.3.4","port":5,"family":"ipv4","flowlabel":0}',
  );
});

test("SocketAddress: inspect shows its properties", () => {
  const address = make({ port: 5 });
  const shown =
    "SocketAddress { address: '127.0.0.1', port: 5, family: 'ipv4', flowlabel: 0 }";
  assert.equal(inspect(address), shown);
  assert.equal(inspect(address, { depth: 0 }), "SocketAddress [Object]");
  assert.equal(
    inspect({ a: { b: { c: address } } }),
    "{ a: { b: { c: [SocketAddress] } } }",
  );
});

test("SocketAddress.isSocketAddress(): this package's and the runtime's", () => {
  assert.equal(SocketAddress.isSocketAddress(make()), true);
  assert.equal(SocketAddress.isSocketAddress(new own.SocketAddress({})), true);
  class Derived extends SocketAddress {}
  assert.equal(SocketAddress.isSocketAddress(new Derived()), true);
  const unmade = [SocketAddress, own.SocketAddress].map(({ prototype }) =>
    Object.create(prototype)
  );
  const others = [undefined, null, 1, "127.0.0.1", {}, [], make().toJSON()];
  for (const value of [...others, ...unmade]) {
    assert.equal(SocketAddress.isSocketAddress(value), false);
  }
});

test("SocketAddress.parse(): an address and an optional port", () => {
  for (
    const [text, expected] of Object.entries({
      "1.2.3.4": "ipv4 1.2.3.4 0",
      "1.2.3.4:8080": "ipv4 1.2.3.4 8080",
      "1.2.3.4:0": "ipv4 1.2.3.4 0",
      "1.2.3.4:65535": "ipv4 1.2.3.4 65535",
      "1.2.3.4:": "ipv4 1.2.3.4 0",
      "1.2.3.4:00081": "ipv4 1.2.3.4 81",
      "[::1]": "ipv6 ::1 0",
      "[::1]:443": "ipv6 ::1 443",
      "[::1]:": "ipv6 ::1 0",
      "[0:0::0:1]:9": "ipv6 ::1 9",
      "[::ffff:1.2.3.4]:5": "ipv6 ::ffff:1.2.3.4 5",
      "[::1.2.3.4]": "ipv6 ::1.2.3.4 0",
    })
  ) {
    assert.equal(parts(SocketAddress.parse(text)), expected, text);
  }
});

test("SocketAddress.parse(): what a URL takes beside", () => {
  for (
    const [text, expected] of Object.entries({
      // The default port of http counts as no port.
      "1.2.3.4:80": "ipv4 1.2.3.4 0",
      "[::1]:80": "ipv6 ::1 0",
      "1": "ipv4 0.0.0.1 0",
      "1.2": "ipv4 1.0.0.2 0",
      "0x7f.1": "ipv4 127.0.0.1 0",
      "017.1": "ipv4 15.0.0.1 0",
      "4294967295": "ipv4 255.255.255.255 0",
      "0xffffffff:5": "ipv4 255.255.255.255 5",
      "1.2.3.4.": "ipv4 1.2.3.4 0",
      "1.2.3.4:8080/path?query#hash": "ipv4 1.2.3.4 8080",
      "user:password@1.2.3.4:99": "ipv4 1.2.3.4 99",
      "1.2.3.4 ": "ipv4 1.2.3.4 0",
      "\t1.2.\n3.4": "ipv4 1.2.3.4 0",
      "//1.2.3.4": "ipv4 1.2.3.4 0",
      "%31.2.3.4": "ipv4 1.2.3.4 0",
      "１。2.3.4": "ipv4 1.2.3.4 0",
    })
  ) {
    assert.equal(parts(SocketAddress.parse(text)), expected, text);
  }
});

test("SocketAddress.parse(): undefined for anything else", () => {
  for (
    const text of [
      "",
      ":80",
      "localhost",
      "example.com:80",
      " 1.2.3.4",
      "1.2.3.4 :81",
      "1.2.3.4:-1",
      "1.2.3.4:+8",
      "1.2.3.4:65536",
      "1.2.3.4:abc",
      "1.2.3.4:8080x",
      "256.1.1.1",
      "08.1.1.1",
      "4294967296",
      "1.2.3.4..",
      "::1",
      "::1:80",
      "[::1",
      "[::1]x",
      "[1.2.3.4]",
      "[::1%eth0]",
    ]
  ) {
    assert.equal(SocketAddress.parse(text), undefined, JSON.stringify(text));
  }
  assert.throws(() => SocketAddress.parse(undefined as never), {
    code: "ERR_INVALID_ARG_TYPE",
    message: 'The "input" argument must be of type string. Received undefined',
  });
});
