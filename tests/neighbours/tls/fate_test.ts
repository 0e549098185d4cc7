/**
 * TLS over sockets of ours that are of no use for it: destroyed, ended, or
 * without a connection. What the TLS socket emits is what it emits over the
 * runtime's own sockets, unless it says otherwise.
 *
 * @module
 */
import assert from "node:assert/strict";
import type * as tls from "node:tls";
import * as net from "../../../mod.ts";
import { freePort } from "../../helpers/connects.ts";
import { type Bed, closed, event, turn } from "../../helpers/net_helpers.ts";
import { runtimeName, servesNoSockets } from "../../helpers/runtime.ts";
import { uniquePath } from "../../helpers/temp_folder.ts";
import { skipPathOfNet, type Transport } from "../../helpers/transports.ts";
import { unless } from "../../helpers/unless.ts";
import { secureClient, securePeer } from "../secure.ts";
import { hearsNoConnect } from "../tls_facts.ts";

const { forEachTransport } = unless(servesNoSockets);

const ROLES = ["client", "peer"] as const;
type Role = typeof ROLES[number];

/** Events with what matters of their arguments. */
type Events = readonly string[];

const NOTHING: Events = [];
const CLOSES: Events = ["close false"];

/** A state of a socket, and what TLS in a role then emits. */
interface Case {
  /** Makes a socket of that state, which is the TLS socket's side of a pair. */
  make(bed: Bed, role: Role): net.Socket | Promise<net.Socket>;
  fate(role: Role, transport: Transport): Events;
  /** Whether it is left to the program to close the sockets. */
  staysOpen?: boolean;
}

/** A connected socket, and the other end, which reads. */
async function ends(
  bed: Bed,
  role: Role,
  allowHalfOpen = true,
): Promise<{ own: net.Socket; other: net.Socket }> {
  const options = { allowHalfOpen };
  const half = { allowHalfOpen: true };
  const { client, peer } = await bed.pair(
    role === "client"
      ? { client: options, server: half }
      : { client: half, server: options },
  );
  const [own, other] = role === "client" ? [client, peer] : [peer, client];
  for (const socket of [own, other]) socket.on("error", () => {});
  other.resume();
  return { own, other };
}

/** A socket that is about to fail to connect. */
async function refused(bed: Bed): Promise<net.Socket> {
  const where = bed.transport.ipc
    ? { path: uniquePath() }
    : { port: await freePort(bed), host: "127.0.0.1" };
  return bed.track(net.connect(where));
}

function refusal({ ipc }: Transport): string {
  return ipc ? "ENOENT" : "ECONNREFUSED";
}

const CASES: Record<string, Case> = {
  "that is destroyed": {
    async make(bed, role) {
      const { own } = await ends(bed, role);
      own.destroy();
      await closed(own);
      return own;
    },
    fate: () => NOTHING,
    staysOpen: true,
  },
  "that is being destroyed": {
    make: async (bed, role) => (await ends(bed, role)).own.destroy(),
    // Bun's server side ends first.
    fate: (role) =>
      runtimeName === "bun" && role === "peer" ? ["end", ...CLOSES] : CLOSES,
  },
  "whose peer has ended": {
    async make(bed, role) {
      const { own, other } = await ends(bed, role, false);
      other.end();
      await event(own.resume(), "end");
      return own;
    },
    // Deno's own sockets have the end read again: a false ECONNRESET.
    fate: () => runtimeName === "bun" ? ["end", ...CLOSES] : CLOSES,
  },
  "whose peer has ended, half-open": {
    async make(bed, role) {
      const { own, other } = await ends(bed, role);
      other.end();
      await event(own.resume(), "end");
      return own;
    },
    fate(role, { ipc }) {
      if (runtimeName !== "deno" || ipc) return NOTHING;
      return role === "client"
        ? ["end", "error ECONNRESET", "close true"]
        : ["end"];
    },
    staysOpen: true,
  },
  "that has ended": {
    async make(bed, role) {
      const { own } = await ends(bed, role);
      own.end();
      await event(own, "finish");
      return own;
    },
    fate: () =>
      runtimeName === "bun"
        ? ["error Failed to upgrade socket from TCP -> TLS", "close true"]
        : NOTHING,
    staysOpen: true,
  },
  "that has failed to connect": {
    async make(bed) {
      const own = await refused(bed);
      const failing = event(own, "error");
      assert.equal(await closed(own), true);
      assert.equal(
        (await failing as [{ code: string }])[0].code,
        refusal(bed.transport),
      );
      return own;
    },
    fate: () => NOTHING,
    staysOpen: true,
  },
  "that is failing to connect": {
    make: refused,
    fate: (role, transport) =>
      role === "client" ? [`error ${refusal(transport)}`, ...CLOSES] : CLOSES,
  },
};

/** What a TLS socket emits from now on. */
function eventsOf(secure: tls.TLSSocket): string[] {
  const events: string[] = [];
  for (const name of ["secureConnect", "secure", "end"]) {
    secure.on(name, () => events.push(name));
  }
  secure.on("error", (error: NodeJS.ErrnoException) => {
    events.push(`error ${error.code ?? error.message.split(".")[0]}`);
  });
  secure.on("close", (hadError) => events.push(`close ${hadError}`));
  return events;
}

for (const [state, { make, fate, staysOpen }] of Object.entries(CASES)) {
  for (const role of ROLES) {
    const of = role === "client" ? "tls.connect()" : "tls.TLSSocket";
    forEachTransport(
      `${of}: over a socket ${state}, emits what it does over the runtime's own`,
      async (bed) => {
        const raw = await make(bed, role);
        const secure = role === "client" ? secureClient(raw) : securePeer(raw);
        const events = eventsOf(secure);
        secure.resume();
        if (!staysOpen) {
          await Promise.all([event(secure, "close"), closed(raw)]);
        }
        for (let i = 0; i < 20; i++) await turn();
        assert.deepEqual(events, fate(role, bed.transport));
        secure.destroy();
        raw.destroy();
        await closed(raw);
      },
      (transport) =>
        skipPathOfNet(transport) ||
        state === "that is failing to connect" && hearsNoConnect,
    );
  }
}
