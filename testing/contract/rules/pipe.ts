import assert from "node:assert/strict";
import fs from "node:fs";
import process from "node:process";
import type { Suite } from "../suite.ts";
import { isSystemError } from "../facts.ts";
import type { Lab } from "../lab.ts";
import { uniquePath } from "../paths.ts";
import { pipeOn, pipeTo } from "../targets.ts";

/** Paths: Unix domain sockets, abstract names, named pipes. */
export function pipeRules({ adapter, check, files }: Suite): void {
  const isWindows = process.platform === "win32";

  async function talk(lab: Lab, path: string): Promise<void> {
    const ear = await lab.listen(pipeOn({ path }));
    assert.equal(ear.listener.endpoint(), null);
    const client = await lab.connect(pipeTo(path));
    await ear.saw("connection");
    const server = ear.accepted[0]!;
    for (const { connection } of [client, server]) {
      assert.equal(connection.kind, "pipe");
      assert.equal(connection.localEndpoint(), null);
      assert.equal(connection.remoteEndpoint(), null);
    }
    await client.send("over a path");
    server.readStart();
    await server.got(11);
    assert.equal(server.text, "over a path");
    isSystemError(await lab.listenError(pipeOn({ path })), {
      code: "EADDRINUSE",
      syscall: "listen",
      address: path,
      port: -1,
      message: `listen EADDRINUSE: address already in use ${path}`,
    });
    ear.close();
  }

  check("pipe: a path connects, and is in use", async (lab) => {
    const path = uniquePath();
    await talk(lab, path);
    isSystemError(await lab.connectError(pipeTo(path)), {
      code: "ENOENT",
      syscall: "connect",
      address: path,
      message: `connect ENOENT ${path}`,
    });
  });

  if (process.platform === "linux") {
    check("pipe: an abstract name connects, and is in use", async (lab) => {
      const path = `\0isonet-${process.pid}-${Date.now()}`;
      await talk(lab, path);
      isSystemError(await lab.connectError(pipeTo(path)), {
        code: "ECONNREFUSED",
        syscall: "connect",
        address: path,
        message: `connect ECONNREFUSED ${path}`,
      });
    });
  }

  if (!files || isWindows) return;

  check("pipe: the file is there while listening only", async (lab) => {
    const path = uniquePath();
    const ear = await lab.listen(pipeOn({ path }));
    assert.ok(fs.statSync(path).isSocket());
    await lab.connect(pipeTo(path));
    await ear.saw("connection");
    ear.close();
    await ear.freed();
    assert.equal(fs.existsSync(path), false);
  });

  check("pipe: a stale file is EADDRINUSE, and stays", async (lab) => {
    const path = uniquePath();
    const stale = `${path}.old`;
    const ear = await lab.listen(pipeOn({ path }));
    fs.renameSync(path, stale);
    ear.close();
    try {
      assert.ok(fs.statSync(stale).isSocket());
      isSystemError(await lab.listenError(pipeOn({ path: stale })), {
        code: "EADDRINUSE",
        syscall: "listen",
        address: stale,
        port: -1,
        message: `listen EADDRINUSE: address already in use ${stale}`,
      });
      isSystemError(await lab.connectError(pipeTo(stale)), {
        code: "ECONNREFUSED",
        syscall: "connect",
        address: stale,
        message: `connect ECONNREFUSED ${stale}`,
      });
      assert.ok(fs.existsSync(stale));
    } finally {
      fs.rmSync(stale, { force: true });
    }
  });

  check("pipe: a plain file is EADDRINUSE, and is no peer", async (lab) => {
    const path = uniquePath();
    fs.writeFileSync(path, "precious");
    try {
      const { code } = await lab.listenError(pipeOn({ path }));
      assert.equal(code, "EADDRINUSE");
      const error = await lab.connectError(pipeTo(path));
      assert.match(error.code, /^(ECONNREFUSED|ENOTSOCK)$/);
      assert.equal(fs.readFileSync(path, "utf8"), "precious");
    } finally {
      fs.rmSync(path, { force: true });
    }
  });

  check(
    "pipe: a missing folder is EACCES to listen, ENOENT to connect",
    async (lab) => {
      const path = `${uniquePath()}/none`;
      isSystemError(await lab.listenError(pipeOn({ path })), {
        code: "EACCES",
        syscall: "listen",
        address: path,
        port: -1,
        message: `listen EACCES: permission denied ${path}`,
      });
      assert.equal((await lab.connectError(pipeTo(path))).code, "ENOENT");
    },
  );

  check("pipe: too long a path is refused", async (lab) => {
    const path = uniquePath() + "x".repeat(150);
    const outcomes = [
      await lab.listenError(pipeOn({ path })),
      await lab.connectError(pipeTo(path)),
    ];
    for (const { code } of outcomes) {
      assert.match(code, /^(EINVAL|ENAMETOOLONG)$/);
    }
    assert.equal(fs.existsSync(path), false);
  });

  if (adapter.capabilities.pipeMode) {
    check("pipe: readableAll and writableAll", async (lab) => {
      const modes = [[true, false, 0o444], [false, true, 0o222], [
        true,
        true,
        0o666,
      ]] as const;
      for (const [readableAll, writableAll, mode] of modes) {
        const path = uniquePath();
        await lab.listen(pipeOn({ path, readableAll, writableAll }));
        assert.equal(fs.statSync(path).mode & mode, mode);
      }
    });
  }
}
