/**
 * `modbus-serial`, client and server.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";

/** @type {import("../all.mjs").Scenario} */
export const modbusSerial = {
  name: "modbus-serial",
  cases: {
    async "read and write registers"(bed) {
      const Modbus = bed.load("modbus-serial");
      /** @type {Record<number, number>} */
      const registers = {};
      const free = await bed.listen(() => {});
      free.server.close();
      await once(free.server, "close");
      const server = new Modbus.ServerTCP({
        getHoldingRegister: (/** @type {number} */ at) => registers[at] ?? 0,
        setRegister(/** @type {number} */ at, /** @type {number} */ value) {
          registers[at] = value;
        },
      }, { host: bed.host, port: free.port, unitID: 1 });
      await once(server, "initialized");
      const client = new Modbus();
      await client.connectTCP(bed.host, { port: free.port });
      client.setID(1);
      for (let i = 0; i < 50; i++) await client.writeRegister(i, i * i);
      const { data } = await client.readHoldingRegisters(0, 50);
      assert.deepEqual(data, Array.from({ length: 50 }, (_, i) => i * i));
      await new Promise((resolve) => client.close(resolve));
      await new Promise((resolve) => server.close(resolve));
    },
  },
};
