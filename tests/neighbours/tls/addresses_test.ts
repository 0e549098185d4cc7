/** TLS over a socket of ours whose host has several addresses. */
import assert from "node:assert/strict";
import * as net from "../../../mod.ts";
import { freePort } from "../../helpers/connects.ts";
import {
  type Bed,
  closed,
  errorOf,
  event,
  record,
} from "../../helpers/net_helpers.ts";
import { servesNoSockets } from "../../helpers/runtime.ts";
import { noIPv6, portOf } from "../../helpers/transports.ts";
import { unless } from "../../helpers/unless.ts";
import { ask, secureClient, securePeer } from "../secure.ts";
import { hasEarlyAddresses, hearsNoConnect } from "../tls_facts.ts";

const { tcpTest } = unless(servesNoSockets || noIPv6 || hearsNoConnect);

/** A host of both families; only that of IPv4 is listened on. */
const ADDRESSES = [
  { address: "::1", family: 6 },
  { address: "127.0.0.1", family: 4 },
];

/** A socket that tries both addresses. */
function connectTo(bed: Bed, port: number): net.Socket {
  return bed.track(net.connect({
    host: "localhost",
    port,
    autoSelectFamily: true,
    lookup(_host, _options, done) {
      setImmediate(done, null, ADDRESSES);
    },
  }));
}

tcpTest(
  "tls.connect(): over a connecting socket whose first address refuses it",
  async (bed) => {
    const server = await bed.listen();
    const accepting = event(server, "connection");
    const port = portOf(server);
    const raw = connectTo(bed, port);
    const secure = secureClient(raw);
    const events = record(secure, ["connect", "secureConnect", "error"]);
    secure.write("early");
    const [rawPeer] = await accepting as [net.Socket];
    const peer = securePeer(rawPeer);
    assert.equal(String((await event(peer, "data"))[0]), "early");
    assert.equal(await ask(secure, peer), "re: question");
    assert.deepEqual(events, ["connect", "secureConnect"]);
    assert.deepEqual(raw.autoSelectFamilyAttemptedAddresses, [
      `::1:${port}`,
      `127.0.0.1:${port}`,
    ]);
    assert.equal(raw.remoteAddress, "127.0.0.1");
    assert.equal(
      secure.remoteAddress,
      hasEarlyAddresses ? "127.0.0.1" : undefined,
    );
  },
);

tcpTest(
  "tls.connect(): over a connecting socket that every address refuses, emits the error of all",
  async (bed) => {
    const raw = connectTo(bed, await freePort(bed));
    const secure = secureClient(raw);
    const failing = errorOf(raw);
    const error = await errorOf(secure);
    assert.equal(error, await failing);
    assert.equal(error.code, "ECONNREFUSED");
    assert.equal((error as unknown as AggregateError).errors.length, 2);
    assert.equal(await closed(raw), true);
  },
);
