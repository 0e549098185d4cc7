/**
 * `typeOfService`: the option and its setter, before and after connecting.
 *
 * @module
 */
import assert from "node:assert/strict";
import nodeNet from "node:net";
import process from "node:process";
import * as net from "../../mod.ts";
import { event } from "../helpers/net_helpers.ts";
import { refusesTypeOfService, runtimeName } from "../helpers/runtime.ts";
import { eachTcp } from "../helpers/transports.ts";

/** On Deno it is set through the C library; Node has it from 24. */
const available = runtimeName === "deno"
  ? process.platform === "linux"
  : runtimeName === "bun" || "setTypeOfService" in nodeNet.Socket.prototype;

const unavailable = refusesTypeOfService ||
  !available && "the runtime's net does not have it";

// The lowest two bits belong to the system (ECN).
const VALUES = [0x10, 0x00, 0xfc];

eachTcp(
  "Socket.setTypeOfService(): is what getTypeOfService() returns, on either end",
  async (bed) => {
    const { client, peer } = await bed.pair();
    for (const socket of [client, peer]) {
      for (const value of VALUES) {
        assert.equal(socket.setTypeOfService(value), socket);
        assert.equal(socket.getTypeOfService(), value);
      }
    }
  },
  unavailable,
);

eachTcp(
  "Socket.setTypeOfService(): before connecting is kept for later",
  async (bed) => {
    const server = await bed.listen();
    const client = bed.track(new net.Socket());
    client.setTypeOfService(0x20);
    assert.equal(client.getTypeOfService(), 0x20);
    client.connect(bed.transport.connectOptions(server));
    await event(client, "connect");
    assert.equal(client.getTypeOfService(), 0x20);
  },
  unavailable,
);

eachTcp(
  "net.Socket({ typeOfService }): is set when it connects",
  async (bed) => {
    const server = await bed.listen();
    const client = bed.connect(server, { typeOfService: 0x28 });
    assert.equal(client.getTypeOfService(), 0x28);
    await event(client, "connect");
    assert.equal(client.getTypeOfService(), 0x28);
  },
  unavailable,
);

eachTcp(
  "Socket.setTypeOfService(): never throws where Windows refuses it, but getTypeOfService() may",
  async (bed) => {
    const { client, peer } = await bed.pair();
    for (const socket of [client, peer]) {
      assert.equal(socket.setTypeOfService(0x10), socket);
      try {
        assert.equal(socket.getTypeOfService(), 0x10);
      } catch (error) {
        assert.equal(
          (error as NodeJS.ErrnoException).syscall,
          "getTypeOfService",
        );
      }
      socket.write("x");
      socket.resume();
    }
    await Promise.all([event(client, "data"), event(peer, "data")]);
  },
  !refusesTypeOfService && "nothing refuses it here",
);

eachTcp(
  "Socket.setTypeOfService(): says that it is unavailable",
  async (bed) => {
    const { client } = await bed.pair();
    assert.throws(() => client.setTypeOfService(0x10), {
      code: "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
    });
    assert.equal(client.getTypeOfService(), 0);
  },
  available && "the runtime has it",
);
