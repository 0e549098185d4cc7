import assert from "node:assert/strict";
import type { Suite } from "../suite.ts";
import { hasIPv6, isSystemError } from "../facts.ts";
import { bytes } from "../data.ts";
import { type Lab, quiet } from "../lab.ts";
import { Probe } from "../sinks.ts";
import { tcpOn, tcpTo } from "../targets.ts";

/** A port that nobody listens on. */
async function deadPort(lab: Lab): Promise<number> {
  const ear = await lab.listen(tcpOn());
  const { port } = ear;
  ear.close();
  await quiet();
  return port;
}

/** Attempts: their outcome, their errors, giving up. */
export function connectRules({ adapter, check }: Suite): void {
  check("connect(): both ends know both addresses", async (lab) => {
    const { client, server, ear } = await lab.pair("tcp");
    const there = { address: "127.0.0.1", family: "IPv4", port: ear.port };
    assert.equal(client.connection.kind, "tcp");
    assert.equal(server.connection.kind, "tcp");
    assert.deepEqual(client.connection.remoteEndpoint(), there);
    assert.deepEqual(server.connection.localEndpoint(), there);
    const here = client.connection.localEndpoint();
    assert.equal(here?.address, "127.0.0.1");
    assert.notEqual(here?.port, 0);
    assert.deepEqual(server.connection.remoteEndpoint(), here);
    assert.equal(typeof client.connection.fd, "number");
  });

  if (hasIPv6()) {
    check("connect(): IPv6", async (lab) => {
      const ear = await lab.listen(tcpOn({ address: "::1" }));
      const client = await lab.connect(
        tcpTo(ear.port, { address: "::1", family: 6 }),
      );
      await ear.saw("connection");
      const there = { address: "::1", family: "IPv6", port: ear.port };
      assert.deepEqual(ear.listener.endpoint(), there);
      assert.deepEqual(client.connection.remoteEndpoint(), there);
      assert.deepEqual(ear.accepted[0]!.connection.localEndpoint(), there);
      assert.deepEqual(
        ear.accepted[0]!.connection.remoteEndpoint(),
        client.connection.localEndpoint(),
      );
    });
  }

  check("connect(): ECONNREFUSED names address and port", async (lab) => {
    const port = await deadPort(lab);
    isSystemError(await lab.connectError(tcpTo(port)), {
      code: "ECONNREFUSED",
      syscall: "connect",
      address: "127.0.0.1",
      port,
      message: `connect ECONNREFUSED 127.0.0.1:${port}`,
    });
  });

  check("connect(): many attempts at once", async (lab) => {
    const ear = await lab.listen(tcpOn(), {});
    const clients = await Promise.all(
      Array.from({ length: 40 }, () => lab.connect(ear.reach())),
    );
    await ear.until(() => ear.accepted.length === 40, "40 connections");
    for (const server of ear.accepted) {
      const { port } = server.connection.remoteEndpoint()!;
      await server.send(`${port}`);
      server.shutdown();
    }
    for (const client of clients) client.readStart();
    for (const client of clients) {
      await client.saw("end");
      assert.equal(client.text, `${client.connection.localEndpoint()!.port}`);
    }
  });

  check("connect(): onConnect may close without attaching", async (lab) => {
    const ear = await lab.listen(tcpOn());
    lab.call(() =>
      adapter.connect(ear.reach(), {
        onConnect: (connection) => connection.close(),
        onError: (error) => lab.blame(`onError: ${error}`),
      })
    );
    await ear.saw("connection");
    const server = ear.accepted[0]!;
    server.readStart();
    await server.saw("end");
  });

  if (adapter.capabilities.unreferencedConnect) {
    check("connect(): an unreferenced attempt connects", async (lab) => {
      const ear = await lab.listen(tcpOn());
      const client = await lab.connect(ear.reach({ referenced: false }));
      await ear.saw("connection");
      await ear.accepted[0]!.send("hello");
      client.readStart();
      await client.got(5);
      assert.equal(client.text, "hello");
    });
  }

  const checkSource: typeof check = (rule, run) =>
    check(
      rule,
      run,
      !adapter.capabilities.sourceAddress &&
        "the backend cannot choose where to connect from",
    );
  checkSource("connect(): localAddress and localPort", async (lab) => {
    const localPort = await deadPort(lab);
    const ear = await lab.listen(tcpOn());
    const trial = lab.attempt(
      ear.reach({ localAddress: "127.0.0.1", localPort }),
    );
    const client = await trial.outcome;
    assert.ok(client instanceof Probe);
    await ear.saw("connection");
    const here = { address: "127.0.0.1", family: "IPv4", port: localPort };
    assert.deepEqual(client.connection.localEndpoint(), here);
    assert.deepEqual(ear.accepted[0]!.connection.remoteEndpoint(), here);
    // Not every backend can tell that it bound.
    assert.equal(trial.words.at(-1), "connect");
  });

  checkSource("connect(): EADDRNOTAVAIL of the source address", async (lab) => {
    const ear = await lab.listen(tcpOn());
    const trial = lab.attempt(ear.reach({ localAddress: "192.0.2.1" }));
    const error = await trial.outcome;
    assert.ok(error instanceof Error);
    isSystemError(error, {
      code: "EADDRNOTAVAIL",
      syscall: "bind",
      address: "192.0.2.1",
      message: "bind EADDRNOTAVAIL 192.0.2.1",
    });
    assert.deepEqual(trial.words, ["error"]);
  });

  checkSource("connect(): a refusal names the source", async (lab) => {
    const port = await deadPort(lab);
    const localPort = await deadPort(lab);
    const localAddress = "127.0.0.1";
    isSystemError(
      await lab.connectError(tcpTo(port, { localAddress, localPort })),
      {
        code: "ECONNREFUSED",
        syscall: "connect",
        address: "127.0.0.1",
        port,
        localAddress,
        localPort,
        message:
          `connect ECONNREFUSED 127.0.0.1:${port} - Local (${localAddress}:${localPort})`,
      },
    );
  });
  check("ConnectAttempt.abort(): nothing follows", async (lab) => {
    const ear = await lab.listen(tcpOn());
    // Whoever gets through is sent away.
    ear.receive = (connection) => connection.close();
    const trial = lab.attempt(ear.reach());
    lab.call(() => trial.attempt.abort());
    const refused = lab.attempt(tcpTo(await deadPort(lab)));
    lab.call(() => refused.attempt.abort());
    await quiet();
    assert.deepEqual(trial.words, []);
    assert.deepEqual(refused.words, []);
  });

  check("ConnectAttempt.abort(): the peer sees at most a FIN", async (lab) => {
    const ear = await lab.listen(tcpOn());
    const trial = lab.attempt(ear.reach());
    lab.call(() => trial.attempt.abort());
    await quiet();
    for (const server of ear.accepted) {
      server.readStart();
      await server.saw("end");
      assert.equal(server.error, undefined);
    }
  });

  check("ConnectAttempt.abort(): a later turn, and twice", async (lab) => {
    const ear = await lab.listen(tcpOn());
    ear.receive = (connection) => connection.close();
    const trial = lab.attempt(ear.reach());
    await Promise.resolve();
    const words = [...trial.words];
    lab.call(() => trial.attempt.abort());
    lab.call(() => trial.attempt.abort());
    await quiet();
    assert.deepEqual(trial.words, words);
  });

  check("ConnectAttempt.ref(), unref(): at any time", async (lab) => {
    const ear = await lab.listen(tcpOn());
    const toggle = (attempt: { ref(): void; unref(): void }) =>
      lab.call(() => {
        attempt.unref();
        attempt.unref();
        attempt.ref();
      });
    const trial = lab.attempt(ear.reach());
    toggle(trial.attempt);
    await trial.outcome;
    toggle(trial.attempt);
    const failing = lab.attempt(tcpTo(await deadPort(lab)));
    toggle(failing.attempt);
    await failing.outcome;
    toggle(failing.attempt);
    const aborted = lab.attempt(ear.reach());
    ear.receive = (connection) => connection.close();
    lab.call(() => aborted.attempt.abort());
    toggle(aborted.attempt);
    await quiet();
  });

  check("attach(): bytes that came before are not lost", async (lab) => {
    const { client, server } = await lab.pair("tcp");
    await server.send(bytes("early"));
    server.shutdown();
    await quiet();
    assert.deepEqual(client.words, []);
    client.readStart();
    await client.saw("end");
    assert.equal(client.text, "early");
  });
}
