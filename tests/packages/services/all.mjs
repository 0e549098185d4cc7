/**
 * All services.
 *
 * @module
 */
import { dovecot } from "./dovecot.mjs";
import { grpc } from "./grpc.mjs";
import { mariadb } from "./mariadb.mjs";
import { memcached } from "./memcached.mjs";
import { mosquitto } from "./mosquitto.mjs";
import { nats } from "./nats.mjs";
import { postgres } from "./postgres.mjs";
import { rabbitmq } from "./rabbitmq.mjs";
import { redis } from "./redis.mjs";

export const services = {
  ...{ postgres, mariadb, redis, memcached },
  ...{ dovecot, mosquitto, rabbitmq, nats, grpc },
};
