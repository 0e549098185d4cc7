/**
 * The numbers and explanations of system errors.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  errnoOf,
  errorFacts,
  systemError,
  systemErrorMap,
} from "../../runtime/errors.ts";

test("errnoOf(): has libuv's number of every error", () => {
  for (const [number, [name]] of systemErrorMap()) {
    assert.equal(errnoOf(name), number, name);
  }
  assert.equal(errnoOf("ENOTFOUND"), -3008);
  assert.equal(errnoOf("ENOSUCHERROR"), -4094);
});

test("systemError(): has libuv's explanation of every error", () => {
  for (const [number, [name, explanation]] of systemErrorMap()) {
    const { errno, message } = systemError(name, "listen", { explain: true });
    assert.equal(errno, number);
    assert.equal(message, `listen ${name}: ${explanation}`);
  }
});

test("errorFacts(): takes the numbers of the list, as Windows has them", () => {
  // Two lines of the list on Windows. The C library's numbers there are 107
  // and 100, and 10048 is that of the system.
  const facts = errorFacts(
    new Map([
      [-4078, ["ECONNREFUSED", "connection refused"]],
      [-4091, ["EADDRINUSE", "address already in use"]],
    ]),
  );
  assert.deepEqual(facts.get("ECONNREFUSED"), {
    errno: -4078,
    explanation: "connection refused",
  });
  assert.equal(facts.get("EADDRINUSE")?.errno, -4091);
  assert.equal(facts.get("EPERM"), undefined);
});
