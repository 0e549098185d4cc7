/**
 * Whose instances are what: a socket of the runtime's own `net` is a socket
 * for code that looks for one, too.
 *
 * @module
 */
import assert from "node:assert/strict";
import http from "node:http";
import nodeNet from "node:net";
import { Duplex } from "node:stream";
import { test } from "node:test";
import tls from "node:tls";
import { inherits } from "node:util";
import net from "../../mod.ts";
import { noSecondTransport } from "../helpers/transports.ts";

test("Socket, Server: instances of this package", () => {
  assert.ok(new net.Socket() instanceof net.Socket);
  assert.ok(new net.Server() instanceof net.Server);
  assert.ok(!(new net.Server() instanceof net.Socket));
});

test("Socket, Server: instances of the runtime's own net", () => {
  assert.ok(new nodeNet.Socket() instanceof net.Socket);
  assert.ok(new nodeNet.Server() instanceof net.Server);
  assert.ok(!(new nodeNet.Server() instanceof net.Socket));
  assert.ok(!(new nodeNet.Socket() instanceof net.Server));
});

test("Socket, Server: instances of what tls and http make", {
  skip: noSecondTransport,
}, () => {
  assert.ok(new tls.TLSSocket(new Duplex()) instanceof net.Socket);
  assert.ok(tls.createServer() instanceof net.Server);
  // Bun's is no server of its own net.
  const server = http.createServer();
  assert.equal(server instanceof net.Server, server instanceof nodeNet.Server);
});

test("Socket: nothing else is an instance", () => {
  for (const other of [new Duplex(), {}, null, undefined, 1, "socket"]) {
    assert.ok(!((other as object) instanceof net.Socket));
  }
});

test("Socket: a subclass has its own instances alone", () => {
  class Sub extends net.Socket {}
  assert.ok(new Sub() instanceof Sub);
  assert.ok(new Sub() instanceof net.Socket);
  assert.ok(!(new net.Socket() instanceof Sub));
  assert.ok(!(new nodeNet.Socket() instanceof Sub));
});

test("Socket: a subclass in ES5 style has its own instances alone", () => {
  function Sub(this: net.Socket): void {
    (net.Socket as unknown as { call(self: object): void }).call(this);
  }
  inherits(Sub, net.Socket);
  const Face = Sub as unknown as new () => net.Socket;
  assert.ok(new Face() instanceof Face);
  assert.ok(new Face() instanceof net.Socket);
  assert.ok(!(new net.Socket() instanceof Face));
  assert.ok(!(new nodeNet.Socket() instanceof Face));
});
