/**
 * The classes have the prototypes of the runtime's own `net` in their chains. No
 * member of these may be reached by accident: it would find none of the state
 * that it works on.
 */
import assert from "node:assert/strict";
import * as native from "node:net";
import { test } from "node:test";
import * as net from "../../mod.ts";

/** Why nobody calls what moves an object to another thread. */
const MARKED = "called only if the runtime's own constructor marked the object";

/**
 * Members of the runtime's own that ours hide and do not replace, by their name
 * or the description of their symbol, and why nobody misses them.
 */
const HIDDEN: Record<"Socket" | "Server", Record<string, string>> = {
  Socket: {
    kUpdateTimer: "called by the timers of the runtime's own sockets only",
    kAfterAsyncWrite: "called by the write requests of its own sockets only",
    kReinitializeHandle: "replaces the handle between two attempts of its own",
    messaging_transfer_symbol: MARKED,
    messaging_transfer_list_symbol: MARKED,
    messaging_deserialize_symbol: MARKED,
    kAttach: "called by its own servers on the sockets they make",
    kCloseRawConnection: "called on a TLS socket, to close the one below",
    "::bunUpgradeServerTLS::": "called on a TLS socket by its constructor",
    kUpgradeClientTLS: "called on a TLS socket by its constructor",
  },
  Server: {
    _listen2: "an old name of a step of its own listen()",
    _createSocket: "a step of its own accepting",
    messaging_transfer_symbol: MARKED,
    messaging_transfer_list_symbol: MARKED,
    messaging_deserialize_symbol: MARKED,
    getsockname: "never called, and address() says the same",
    kRealListen: "a step of its own listen()",
    kClusterFauxListen: "a step of its own listen() in a cluster worker",
    kArmHandshakeTimeout: "called on a server of tls",
  },
};

function nameOf(key: string | symbol): string {
  return typeof key === "string" ? key : key.description ?? "";
}

for (const name of ["Socket", "Server"] as const) {
  const ours = net[name].prototype as object;
  const theirs = native[name].prototype as object;

  test(`net.${name}: its instances are instances of the runtime's own class`, () => {
    const Class: new () => object = net[name];
    assert.ok(new Class() instanceof native[name]);
  });

  test(`net.${name}: every member of the runtime's own is replaced, or hidden for a reason`, () => {
    for (const key of Reflect.ownKeys(theirs)) {
      const own = Object.getOwnPropertyDescriptor(ours, key);
      assert.ok(own, `${String(key)} of the runtime's own shines through`);
      const isHidden = "value" in own && own.value === undefined;
      if (!isHidden) continue;
      assert.ok(
        nameOf(key) in HIDDEN[name],
        `${String(key)} is hidden without a reason`,
      );
    }
  });

  test(`net.${name}: what is replaced is not the runtime's own`, () => {
    for (const key of Reflect.ownKeys(theirs)) {
      const own = Object.getOwnPropertyDescriptor(ours, key)!;
      const native = Object.getOwnPropertyDescriptor(theirs, key)!;
      for (const part of ["value", "get", "set"] as const) {
        if (own[part] === undefined) continue;
        assert.notEqual(own[part], native[part], String(key));
      }
    }
  });
}
