import assert from "node:assert/strict";
import fs from "node:fs";
import type {
  Binding,
  BindTarget,
  RuntimeAdapter,
} from "../../../runtime/adapter.ts";
import { uniquePath } from "../paths.ts";
import type { Suite } from "../suite.ts";
import { Lab, quiet } from "../lab.ts";
import { type Kind, listenOn, pipeTo, tcpTo } from "../targets.ts";

function bindOn(kind: Kind): BindTarget {
  if (kind === "pipe") return { kind, path: uniquePath() };
  const address = "127.0.0.1";
  return { kind, address, port: 0, ipv6Only: false, reusePort: false };
}

/** Why the backend cannot bind, or `false`. */
function unbindable(adapter: RuntimeAdapter): string | false {
  if (!adapter.bind) return "the backend does not bind";
  try {
    adapter.bind(bindOn("tcp")).close();
    return false;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM") return message;
    throw error;
  }
}

/** A lab whose backend listens and connects where `binding` is. */
async function withBinding(
  { name, capabilities, open }: RuntimeAdapter,
  binding: Binding,
  run: (lab: Lab) => Promise<void>,
): Promise<void> {
  const lab = new Lab({
    name,
    capabilities,
    open,
    listen: (target, sink) => binding.listen(target, sink),
    connect: (target, sink) => binding.connect(target, sink),
  });
  try {
    await run(lab);
  } finally {
    await lab.end();
  }
  assert.deepEqual(lab.broken, []);
}

/** Addresses that are taken first, and used later. */
export function bindRules(
  { adapter, files, hasNamedPipes, check, kinds }: Suite,
): void {
  const skip = unbindable(adapter);
  const define: typeof check = (rule, run, reason) =>
    check(rule, run, skip || reason);

  for (const kind of kinds) {
    define(
      `bind(): takes an address, close() frees it [${kind}]`,
      async () => {
        const target = bindOn(kind);
        const binding = adapter.bind!(target);
        assert.equal(binding.kind, kind);
        assert.equal(typeof binding.fd, "number");
        const endpoint = binding.endpoint();
        if (target.kind === "tcp") {
          assert.equal(endpoint?.address, target.address);
          assert.ok(endpoint.port > 0);
        } else if (target.kind === "pipe") {
          assert.equal(endpoint, null);
          if (files) assert.ok(fs.existsSync(target.path));
          assert.throws(() => adapter.bind!(target), { code: "EADDRINUSE" });
        }
        binding.close();
        await quiet();
        adapter.bind!({ ...target, ...endpoint }).close();
      },
      kind === "pipe" && hasNamedPipes,
    );

    define(`Binding.listen(): accepts there [${kind}]`, async (lab) => {
      const target = bindOn(kind);
      const binding = adapter.bind!(target);
      const endpoint = binding.endpoint();
      await withBinding(adapter, binding, async (there) => {
        const ear = await there.listen(listenOn(kind));
        assert.deepEqual(ear.listener.endpoint(), endpoint);
        const client = await lab.connect(
          target.kind === "pipe" ? pipeTo(target.path) : tcpTo(endpoint!.port),
        );
        await ear.saw("connection");
        await client.send("hello");
        const server = ear.accepted[0]!;
        server.readStart();
        await server.got(5);
        assert.equal(server.text, "hello");
      });
    });

    define(`Binding.connect(): comes from there [${kind}]`, async (lab) => {
      const ear = await lab.listen(listenOn(kind));
      const binding = adapter.bind!(bindOn(kind));
      const endpoint = binding.endpoint();
      await withBinding(adapter, binding, async (there) => {
        const client = await there.connect(ear.reach());
        await ear.saw("connection");
        const server = ear.accepted[0]!;
        assert.deepEqual(server.connection.remoteEndpoint(), endpoint);
        await client.send("hello");
        server.readStart();
        await server.got(5);
        assert.equal(server.text, "hello");
      });
    }, kind === "pipe" && hasNamedPipes);
  }
}
