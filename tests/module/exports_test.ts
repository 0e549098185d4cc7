/**
 * The names of the module: each as a named export and as a member of the
 * default export, and what kind of thing it is.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import nodeNet from "node:net";
import { Duplex, Readable, Stream as NodeStream, Writable } from "node:stream";
import { test } from "node:test";
import net, * as module from "../../mod.ts";
import { noBinding } from "../helpers/transports.ts";

const functions = [
  "_createServerHandle",
  "_normalizeArgs",
  "connect",
  "createConnection",
  "createServer",
  "getDefaultAutoSelectFamily",
  "getDefaultAutoSelectFamilyAttemptTimeout",
  "isIP",
  "isIPv4",
  "isIPv6",
  "setDefaultAutoSelectFamily",
  "setDefaultAutoSelectFamilyAttemptTimeout",
];

const classes = [
  "BlockList",
  "BoundSocket",
  "Server",
  "Socket",
  "SocketAddress",
  "Stream",
];

/** A member that not every runtime has; a named export cannot be left out. */
const OPTIONAL = "_setSimultaneousAccepts";

const named = module as unknown as Record<string, unknown>;
const members = net as unknown as Record<string, unknown>;

for (const name of [...functions, ...classes]) {
  test(`${name}: is a named export and a member of the default export`, () => {
    assert.equal(typeof named[name], "function");
    assert.equal(members[name], named[name]);
    assert.equal(Object.keys(members).includes(name), true, "enumerable");
  });
}

test("promises: is a named export and a member of the default export", () => {
  assert.equal(typeof net.promises.connect, "function");
  assert.equal(members.promises, named.promises);
});

test("The default export: has the members of the module and no other", () => {
  const names = Object.keys(named).filter((name) => name !== "default");
  const own = Object.keys(members).filter((name) => name !== OPTIONAL);
  assert.deepEqual(own.sort(), names.sort());
});

test("_setSimultaneousAccepts: is there where the runtime has it", () => {
  const { [OPTIONAL]: own } = nodeNet as unknown as Record<string, unknown>;
  assert.equal(OPTIONAL in members, own !== undefined);
  assert.equal(members[OPTIONAL], own);
});

test("connect(), createConnection(): the same function", () => {
  assert.equal(net.connect, net.createConnection);
});

test("Stream: another name of Socket", () => {
  assert.equal(members.Stream, net.Socket);
});

test("Socket, Server: have their names", () => {
  assert.equal(net.Socket.name, "Socket");
  assert.equal(net.Server.name, "Server");
  assert.equal(new net.Socket().constructor, net.Socket);
  assert.equal(net.createServer().constructor, net.Server);
});

test("Socket, Server: inherit from Node's classes, and take their arguments", () => {
  assert.equal(Object.getPrototypeOf(net.Socket), Duplex);
  assert.equal(Object.getPrototypeOf(net.Server), EventEmitter);
  assert.equal(net.Socket.length, 1);
  assert.equal(net.Server.length, 2);
});

test("Socket, Server: have no other name in a stack trace", () => {
  for (const object of [new net.Socket(), net.createServer()]) {
    let stack = "";
    object.on("error", () => stack = new Error().stack!);
    object.emit("error", new Error());
    // V8 names the class of the object, JavaScriptCore only the method.
    const caller = /(\w+)\.emit\w*/.exec(stack)?.[1];
    if (caller) assert.equal(caller, object.constructor.name);
    assert.match(stack, /emit/);
  }
});

test("adapter: counts as a property of the options themselves only", () => {
  const { prototype } = Object as unknown as {
    prototype: { adapter?: object };
  };
  prototype.adapter = new Proxy({}, {
    get: () => assert.fail("the inherited adapter is used"),
  });
  try {
    net.createServer({}).listen(0, "127.0.0.1").close();
    net.connect({ port: 1, host: "127.0.0.1" }).on("error", () => {}).destroy();
    if (!noBinding) {
      new net.BoundSocket({ host: "127.0.0.1" }).close();
    }
  } finally {
    delete prototype.adapter;
  }
});

test("Socket(): is a Duplex stream, with or without 'new'", () => {
  const call = net.Socket as unknown as (options?: object) => net.Socket;
  for (
    const socket of [new net.Socket(), call(), call({ allowHalfOpen: true })]
  ) {
    assert.ok(socket instanceof net.Socket);
    for (const type of [Duplex, Readable, Writable, NodeStream, EventEmitter]) {
      assert.ok(socket instanceof type, type.name);
    }
    assert.equal(Object.getPrototypeOf(socket), net.Socket.prototype);
  }
  assert.equal(call({ allowHalfOpen: true }).allowHalfOpen, true);
  assert.equal(call().allowHalfOpen, false);
});

test("Server(): is an EventEmitter, with or without 'new'", () => {
  const call = net.Server as unknown as (...args: unknown[]) => net.Server;
  const listener = () => {};
  for (
    const server of [
      new net.Server(),
      new net.Server({}, listener),
      call(),
      call(listener),
      call({ allowHalfOpen: true }, listener),
      net.createServer(listener),
    ]
  ) {
    assert.ok(server instanceof net.Server);
    assert.ok(server instanceof EventEmitter);
    assert.equal(Object.getPrototypeOf(server), net.Server.prototype);
  }
  assert.deepEqual(call(listener).listeners("connection"), [listener]);
  assert.deepEqual(call({}, listener).listeners("connection"), [listener]);
});

test("Socket, Server: can be extended by classes", () => {
  class MySocket extends net.Socket {
    mine = "socket";
  }
  class MyServer extends net.Server {
    mine = "server";
  }
  const socket = new MySocket({ allowHalfOpen: true });
  const server = new MyServer({ pauseOnConnect: true });
  assert.ok(socket instanceof MySocket && socket instanceof net.Socket);
  assert.ok(server instanceof MyServer && server instanceof net.Server);
  assert.equal(socket.mine, "socket");
  assert.equal(server.mine, "server");
  assert.equal(socket.allowHalfOpen, true);
});

test("Socket, Server: can be extended the old way, by a call on 'this'", () => {
  type Old = (this: object, ...args: unknown[]) => void;
  function OldServer(this: net.Server, listener: () => void) {
    (net.Server as unknown as Old).call(this, listener);
  }
  Object.setPrototypeOf(OldServer.prototype, net.Server.prototype);
  Object.setPrototypeOf(OldServer, net.Server);
  const server: net.Server = Reflect.construct(OldServer, [() => {}]);
  assert.ok(server instanceof net.Server);
  assert.equal(server.listenerCount("connection"), 1);
  assert.equal(server.listening, false);
});

test("Socket: its methods are on the prototype", () => {
  for (
    const name of [
      "address",
      "connect",
      "destroy",
      "destroySoon",
      "end",
      "pause",
      "read",
      "ref",
      "resetAndDestroy",
      "resume",
      "setEncoding",
      "setKeepAlive",
      "setNoDelay",
      "setTimeout",
      "unref",
      "write",
    ]
  ) {
    const value = (net.Socket.prototype as unknown as Record<string, unknown>)[
      name
    ];
    assert.equal(typeof value, "function", name);
  }
});

test("Socket: every property of the page is there before connect()", () => {
  const socket = new net.Socket();
  for (
    const name of [
      "bufferSize",
      "bytesRead",
      "bytesWritten",
      "connecting",
      "destroyed",
      "localAddress",
      "localFamily",
      "localPort",
      "pending",
      "readyState",
      "remoteAddress",
      "remoteFamily",
      "remotePort",
      "server",
      "allowHalfOpen",
    ]
  ) {
    assert.ok(name in socket, name);
  }
});

test("Server: its methods and 'listening' are on the prototype", () => {
  const { prototype } = net.Server;
  for (
    const name of [
      "address",
      "close",
      "getConnections",
      "listen",
      "listening",
      "ref",
      "unref",
      Symbol.asyncDispose,
    ]
  ) {
    assert.ok(name in prototype, String(name));
  }
});

test("isIP(), isIPv4(), isIPv6(): return the family", () => {
  assert.deepEqual(["127.0.0.1", "::1", "nowhere"].map(net.isIP), [4, 6, 0]);
  assert.deepEqual(["127.0.0.1", "::1"].map(net.isIPv4), [true, false]);
  assert.deepEqual(["127.0.0.1", "::1"].map(net.isIPv6), [false, true]);
});
