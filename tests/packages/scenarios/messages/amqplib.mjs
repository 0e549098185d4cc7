/**
 * `amqplib` with RabbitMQ.
 *
 * @module
 */
import assert from "node:assert/strict";

/** @type {import("../all.mjs").Scenario} */
export const amqplib = {
  name: "amqplib",
  service: "rabbitmq",
  cases: {
    async "queues, confirmations, large messages"(bed) {
      const connection = await bed.load("amqplib").connect({
        ...{ hostname: bed.host, port: bed.port },
        ...{ username: "guest", password: "guest" },
      });
      const channel = await connection.createConfirmChannel();
      const { queue } = await channel.assertQueue("", { exclusive: true });
      const large = Buffer.alloc(1 << 20, "large ");
      const received = new Promise((resolve) => {
        let count = 0;
        channel.consume(queue, (/** @type {any} */ message) => {
          channel.ack(message);
          if (++count > 500) resolve(message.content);
        });
      });
      for (let i = 0; i < 500; i++) {
        channel.sendToQueue(queue, Buffer.from(`message ${i}`));
      }
      channel.sendToQueue(queue, large);
      await channel.waitForConfirms();
      assert.ok(large.equals(await received));
      await channel.close();
      await connection.close();
    },
  },
};
