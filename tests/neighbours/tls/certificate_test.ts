/**
 * What a handshake over sockets of ours agrees on: the certificates of either
 * side, a protocol, and a session to resume. What it refuses arrives as an error
 * at both ends.
 *
 * @module
 */
import assert from "node:assert/strict";
import * as tls from "node:tls";
import {
  type Bed,
  closed,
  errorOf,
  event,
  received,
} from "../../helpers/net_helpers.ts";
import {
  isDenoBefore,
  runtimeName,
  servesNoSockets,
} from "../../helpers/runtime.ts";
import { unless } from "../../helpers/unless.ts";
import { cert, key } from "../../runtime/certificate.ts";
import { secureClient, securePeer } from "../secure.ts";
import { resumesSessions } from "../tls_facts.ts";
import { otherCert, otherKey } from "./other_certificate.ts";

const { forEachTransport } = unless(servesNoSockets);

const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;

/** A `tls.Server` behind a server of ours, and clients of it. */
async function listen(
  bed: Bed,
  options: tls.TlsOptions,
  serve: (peer: tls.TLSSocket) => void,
): Promise<{
  secure: tls.Server;
  connect(options?: tls.ConnectionOptions): tls.TLSSocket;
}> {
  const secure = tls.createServer({ key, cert, ...options }, (peer) => {
    peer.on("error", () => {});
    serve(peer);
  });
  const server = await bed.listen({}, (raw) => secure.emit("connection", raw));
  return {
    secure,
    connect: (options) => secureClient(bed.connect(server), options),
  };
}

/**
 * Whether the last of a handshake is sent although the server refuses what it
 * brought: over a Unix socket, Deno's `tls` sends it, like an alert, when it has
 * destroyed the socket.
 */
function endsHandshakes({ transport }: Bed): boolean {
  return runtimeName === "deno" && transport.ipc;
}

/** Deno 2.8.0 calls a client without a certificate authorized, 2.9.5 does not. */
const authorizesAnyone = isDenoBefore("2.9.0");

/** The common name of the peer's certificate. */
function peerName(socket: tls.TLSSocket): unknown {
  return socket.getPeerCertificate().subject?.CN;
}

forEachTransport(
  "tls.Server: SNICallback chooses the certificate by the name that the client asks for",
  async (bed) => {
    const asked: string[] = [];
    const { connect } = await listen(bed, {
      SNICallback(name, done) {
        asked.push(name);
        done(
          null,
          name === "other.test"
            ? tls.createSecureContext({ key: otherKey, cert: otherCert })
            : undefined,
        );
      },
    }, (peer) => {
      const { servername } = peer as unknown as { servername: string };
      peer.end(servername);
    });
    for (const name of ["other.test", "localhost"]) {
      const ca = [cert, otherCert];
      const client = connect({ servername: name, ca });
      const got = received(client);
      await event(client, "secureConnect");
      assert.equal(client.authorized, true);
      assert.equal(peerName(client), name);
      assert.equal(String(await got), name);
    }
    assert.deepEqual(asked, ["other.test", "localhost"]);
  },
);

forEachTransport(
  "tls.connect(): refuses a certificate that it does not trust, or for another name",
  async (bed) => {
    const { connect } = await listen(bed, {}, (peer) => peer.resume());
    for (
      const [options, code] of [
        [{ ca: otherCert }, "DEPTH_ZERO_SELF_SIGNED_CERT"],
        [{ servername: "other.test" }, "ERR_TLS_CERT_ALTNAME_INVALID"],
      ] as const
    ) {
      const client = connect(options);
      const closing = event(client, "close");
      client.on("secureConnect", () => assert.fail("it is trusted"));
      assert.equal((await errorOf(client)).code, code);
      assert.deepEqual(await closing, [true]);
    }
  },
);

for (const version of VERSIONS) {
  const wanted = {
    ca: cert,
    requestCert: true,
    maxVersion: version,
  } as const;

  forEachTransport(
    `tls.Server: knows the certificate of a client, if it has one (${version})`,
    async (bed) => {
      const options = { ...wanted, rejectUnauthorized: false };
      const { connect } = await listen(bed, options, (peer) => {
        peer.end(`${peerName(peer)} ${peer.authorized}`);
      });
      const answers: string[] = [];
      for (
        const own of [{ key, cert }, { key: otherKey, cert: otherCert }, {}]
      ) {
        answers.push(String(await received(connect(own))));
      }
      assert.deepEqual(answers, [
        "localhost true",
        "other.test false",
        `undefined ${authorizesAnyone}`,
      ]);
    },
  );

  for (
    const [title, own] of [
      ["without a certificate", undefined],
      ["with one of a foreign authority", { key: otherKey, cert: otherCert }],
    ] as const
  ) {
    forEachTransport(
      `tls.Server: refuses a client ${title}, and closes the socket of ours (${version})`,
      async (bed) => {
        const { secure, connect } = await listen(bed, wanted, () => {
          assert.fail("it was accepted");
        });
        const refusing = event(secure, "tlsClientError");
        const client = connect(own);
        const errors: NodeJS.ErrnoException[] = [];
        client.on(
          "error",
          (error: NodeJS.ErrnoException) => errors.push(error),
        );
        const closing = event(client.resume(), "close");
        const [error, peer] = await refusing as [Error, tls.TLSSocket];
        assert.ok(error instanceof Error);
        assert.equal(peer.destroyed, true);
        await closing;
        const codes = errors.map(({ code }) => code).join();
        if (own === undefined) {
          // The server sends an alert, and that is what the client hears.
          assert.match(
            codes,
            /^ERR_SSL_.*(HANDSHAKE_FAILURE|CERTIFICATE_REQUIRED)$/,
          );
        } else {
          // It closes; a client that has done its part hears the end.
          const isDone = version === "TLSv1.3" || endsHandshakes(bed);
          assert.equal(codes, isDone ? "" : "ECONNRESET");
        }
      },
    );
  }

  forEachTransport(
    `tls.connect(): resumes a session (${version})`,
    async (bed) => {
      const { connect } = await listen(
        bed,
        { maxVersion: version },
        (peer) => peer.end(String(peer.isSessionReused())),
      );
      let session: Buffer | undefined;
      const answers: string[] = [];
      for (let i = 0; i < 3; i++) {
        const client = connect({ session });
        client.on("session", (given: Buffer) => session = given);
        answers.push(String(await received(client)));
      }
      assert.ok(session);
      const resumed = String(resumesSessions);
      assert.deepEqual(answers, ["false", resumed, resumed]);
    },
  );
}

forEachTransport(
  "tls.TLSSocket: ALPNProtocols of both sides choose the protocol",
  async (bed) => {
    const { client: raw, peer: rawPeer } = await bed.pair();
    const peer = securePeer(rawPeer, { ALPNProtocols: ["one", "two"] });
    const client = secureClient(raw, { ALPNProtocols: ["three", "two"] });
    await Promise.all([event(client, "secureConnect"), event(peer, "secure")]);
    assert.equal(client.alpnProtocol, "two");
    assert.equal(peer.alpnProtocol, "two");
  },
);

forEachTransport(
  "tls.TLSSocket: without a protocol in common, both ends hear why, and close",
  async (bed) => {
    const { client: raw, peer: rawPeer } = await bed.pair();
    const peer = securePeer(rawPeer, { ALPNProtocols: ["one"] });
    const client = secureClient(raw, { ALPNProtocols: ["two"] });
    const [here, there] = await Promise.all([errorOf(client), errorOf(peer)]);
    assert.equal(there.code, "ERR_SSL_NO_APPLICATION_PROTOCOL");
    assert.match(here.code!, /^ERR_SSL_.*ALERT_NO_APPLICATION_PROTOCOL$/);
    await Promise.all([closed(raw), closed(rawPeer)]);
  },
);
