import assert from "node:assert/strict";
import process from "node:process";
import type { Suite } from "../suite.ts";
import { hasIPv6, isSystemError } from "../facts.ts";
import { type Lab, quiet } from "../lab.ts";
import type { Probe } from "../sinks.ts";
import { listenOn, tcpOn, tcpTo } from "../targets.ts";

/** Listeners: binding, its errors, accepting, closing. */
export function listenRules(
  { adapter, check, dualStack, files, hasNamedPipes, kinds }: Suite,
): void {
  check("listen(): tells the address it got", async (lab) => {
    const ear = await lab.listen(tcpOn());
    const { address, family, port } = ear.listener.endpoint()!;
    assert.deepEqual([address, family], ["127.0.0.1", "IPv4"]);
    assert.ok(port > 0 && port < 65536);
    assert.equal(ear.listener.pending, false);
    assert.equal(typeof ear.listener.fd, "number");
  });

  check("listen(): EADDRINUSE names address and port", async (lab) => {
    const { port } = await lab.listen(tcpOn());
    isSystemError(await lab.listenError(tcpOn({ port })), {
      code: "EADDRINUSE",
      syscall: "listen",
      address: "127.0.0.1",
      port,
      message: `listen EADDRINUSE: address already in use 127.0.0.1:${port}`,
    });
  });

  check("listen(): EADDRNOTAVAIL, without and with a port", async (lab) => {
    const address = "192.0.2.1";
    isSystemError(await lab.listenError(tcpOn({ address })), {
      code: "EADDRNOTAVAIL",
      syscall: "listen",
      address,
      message: "listen EADDRNOTAVAIL: address not available 192.0.2.1",
    });
    const ear = await lab.listen(tcpOn());
    const { port } = ear;
    isSystemError(await lab.listenError(tcpOn({ address, port })), {
      code: "EADDRNOTAVAIL",
      syscall: "listen",
      address,
      port,
      message: `listen EADDRNOTAVAIL: address not available 192.0.2.1:${port}`,
    });
  });

  if (hasIPv6()) {
    const any = dualStack ? "::" : "0.0.0.0";
    const family = dualStack ? "IPv6" : "IPv4";
    const loopback = dualStack ? "::ffff:127.0.0.1" : "127.0.0.1";

    check("listen(): no address is every interface", async (lab) => {
      const ear = await lab.listen(tcpOn({ address: null }));
      const { port } = ear;
      assert.deepEqual(ear.listener.endpoint(), { address: any, family, port });
      const four = await lab.connect(tcpTo(port));
      await ear.until(() => ear.accepted.length === 1, "the IPv4 peer");
      const [{ connection }] = ear.accepted as [Probe];
      assert.equal(four.connection.remoteEndpoint()!.address, "127.0.0.1");
      assert.deepEqual(connection.remoteEndpoint(), {
        address: loopback,
        family,
        port: four.connection.localEndpoint()!.port,
      });
      assert.equal(connection.localEndpoint()!.address, loopback);
      if (!dualStack) return;
      await lab.connect(tcpTo(port, { address: "::1", family: 6 }));
      await ear.until(() => ear.accepted.length === 2, "the IPv6 peer");
      const { address } = ear.accepted[1]!.connection.remoteEndpoint()!;
      assert.equal(address, "::1");
    });

    check("listen(): every interface is one address in use", async (lab) => {
      const { port } = await lab.listen(tcpOn({ address: null }));
      isSystemError(await lab.listenError(tcpOn({ address: null, port })), {
        code: "EADDRINUSE",
        syscall: "listen",
        address: any,
        port,
        message: `listen EADDRINUSE: address already in use ${any}:${port}`,
      });
      if (!dualStack) return;
      const { code } = await lab.listenError(tcpOn({ address: "::1", port }));
      assert.equal(code, "EADDRINUSE");
    });

    const keepIPv4Out = async (lab: Lab) => {
      const ear = await lab.listen(tcpOn({ address: "::", ipv6Only: true }));
      const { port } = ear;
      assert.equal(
        (await lab.connectError(tcpTo(port))).code,
        "ECONNREFUSED",
      );
      await lab.connect(tcpTo(port, { address: "::1", family: 6 }));
      const other = await lab.listen(tcpOn({ address: "0.0.0.0", port }));
      assert.equal(other.port, port);
    };

    check("listen(): ipv6Only keeps IPv4 out", async (lab) => {
      try {
        await keepIPv4Out(lab);
      } catch {
        // Another program may have this port of IPv4; hardly the next one, too.
        await keepIPv4Out(lab);
      }
    }, !adapter.capabilities.ipv6Only && "the backend cannot keep IPv4 out");
  }

  check(
    "listen(): reusePort shares a port",
    async (lab) => {
      const first = await lab.listen(tcpOn({ reusePort: true }));
      const { port } = first;
      const second = await lab.listen(tcpOn({ port, reusePort: true }));
      assert.equal(second.port, port);
      const { code } = await lab.listenError(tcpOn({ port }));
      assert.equal(code, "EADDRINUSE");
    },
    !adapter.capabilities.reusePort && "the backend cannot share a port" ||
      files && process.platform !== "linux" &&
        "only Linux spreads the connections of a port",
  );

  if (adapter.capabilities.backlog) {
    check("listen(): any backlog accepts", async (lab) => {
      for (const backlog of [1, 5000]) {
        const ear = await lab.listen(tcpOn({ backlog }));
        await lab.connect(ear.reach());
        await ear.saw("connection");
      }
    });
  }

  for (const kind of kinds) {
    check(`Listener.close(): frees the address [${kind}]`, async (lab) => {
      const first = await lab.listen(listenOn(kind));
      const target = first.target.kind === "tcp"
        ? tcpOn({ port: first.port })
        : first.target;
      const reach = first.reach();
      first.close();
      const { code } = await lab.connectError(reach);
      assert.equal(code, kind === "tcp" ? "ECONNREFUSED" : "ENOENT");
      const second = await lab.listen(target);
      await lab.connect(reach);
      await second.saw("connection");
    });

    check(`Listener.close(): connections stay [${kind}]`, async (lab) => {
      const { client, server, ear } = await lab.pair(kind);
      ear.close();
      await quiet();
      await client.send("still here");
      server.readStart();
      await server.got(10);
      await server.send("so am I");
      client.readStart();
      await client.got(7);
      assert.equal(server.text, "still here");
      assert.equal(client.text, "so am I");
      const words = ear.words.filter((word) => word !== "free");
      assert.deepEqual(words, ["listening", "connection"]);
    });

    check(`Listener.close(): at once, and twice [${kind}]`, async (lab) => {
      const sinkCalls: string[] = [];
      const note = (name: string) => () => void sinkCalls.push(name);
      const target = listenOn(kind);
      const listener = lab.call(() =>
        adapter.listen(target, {
          onListening: note("onListening"),
          onConnection: note("onConnection"),
          onError: note("onError"),
        })
      );
      lab.call(() => listener.close());
      lab.call(() => listener.close());
      await quiet();
      assert.deepEqual(sinkCalls, []);
      // Free also if it was closed while the bind was pending.
      if (target.kind === "pipe") await lab.listen(target);
    });

    check(`Listener.close(): from onConnection [${kind}]`, async (lab) => {
      const ear = await lab.listen(listenOn(kind));
      ear.receive = (connection) => {
        ear.accepted.push(lab.probe(connection));
        ear.close();
      };
      const client = await lab.connect(ear.reach());
      await ear.saw("connection");
      await ear.accepted[0]!.send("last");
      client.readStart();
      await client.got(4);
      assert.equal(client.text, "last");
    });

    check(
      `Listener.close(): nobody is accepted after it [${kind}]`,
      async (lab) => {
        const ear = await lab.listen(listenOn(kind));
        ear.receive = (connection) => {
          connection.close();
          ear.close();
        };
        const trials = Array.from(
          { length: 20 },
          () => lab.attempt(ear.reach()),
        );
        await Promise.all(trials.map(({ outcome }) => outcome));
        await ear.saw("connection");
        await quiet();
        assert.equal(ear.count("connection"), 1);
      },
      kind === "pipe" && hasNamedPipes,
    );

    check(`onConnection: may close at once [${kind}]`, async (lab) => {
      const ear = await lab.listen(listenOn(kind));
      ear.receive = (connection) => connection.close();
      const client = await lab.connect(ear.reach());
      client.readStart();
      await client.saw("end");
      assert.deepEqual(client.words, ["end"]);
    });

    check(`Listener.ref(), unref(): at any time [${kind}]`, async (lab) => {
      const target = listenOn(kind);
      const ear = await lab.listen(target);
      const toggle = () =>
        lab.call(() => {
          ear.listener.unref();
          ear.listener.unref();
          ear.listener.ref();
        });
      toggle();
      await lab.connect(ear.reach());
      await ear.saw("connection");
      ear.close();
      toggle();
      await quiet();
      toggle();
    });
  }
}
