/**
 * `ioredis` against a small Redis, in a simulated network.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Redis } from "ioredis";
import {
  explore,
  type FaultKind,
  type Host,
  type Network,
} from "../../testing/mod.ts";

const PORT = 6379;
const KEYS = 10;

/** What breaks a connection, or slows it. */
const FAULTS: readonly FaultKind[] = [
  "fragment",
  "slow",
  "refuse",
  "reset",
  "end",
  "partition",
];

/** Where `ioredis` gets its connection: from the host it is on. */
function connectorOn(host: Host): { new (options: unknown): object } {
  return class {
    #socket: ReturnType<Host["net"]["connect"]> | undefined;
    firstError: Error | undefined;

    connect(): Promise<object> {
      this.#socket = host.net.connect(PORT, "redis");
      return Promise.resolve(this.#socket);
    }

    check(): boolean {
      return true;
    }

    disconnect(): void {
      this.#socket?.end();
    }
  };
}

/** The words of the next command, and what is left; nothing if it is not whole. */
function nextCommand(
  text: string,
): [words: string[], rest: string] | undefined {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (!head) return undefined;
  let rest = text.slice(head[0].length);
  const words: string[] = [];
  for (let i = 0; i < Number(head[1]); i++) {
    const size = /^\$(\d+)\r\n/.exec(rest);
    if (!size) return undefined;
    const from = size[0].length;
    const to = from + Number(size[1]);
    if (rest.length < to + 2) return undefined;
    words.push(rest.slice(from, to));
    rest = rest.slice(to + 2);
  }
  return [words, rest];
}

/** A Redis that knows SET and GET. */
function serve(host: Host): { close(): void } {
  const values = new Map<string, string>();
  const answer = ([name = "", key = "", value = ""]: string[]): string => {
    if (/^set$/i.test(name)) {
      values.set(key, value);
      return "+OK\r\n";
    }
    if (!/^get$/i.test(name)) return "-ERR unknown command\r\n";
    const found = values.get(key);
    return found === undefined ? "$-1\r\n" : `$${found.length}\r\n${found}\r\n`;
  };
  const server = host.net.createServer((socket) => {
    let text = "";
    socket.on("error", () => {});
    socket.setEncoding("latin1").on("data", (chunk) => {
      text += chunk;
      for (let next; (next = nextCommand(text));) {
        text = next[1];
        socket.write(answer(next[0]));
      }
    });
  });
  server.listen(PORT);
  return server;
}

async function scenario(network: Network): Promise<void> {
  const server = serve(network.host("redis"));
  const client = new Redis({
    Connector: connectorOn(network.host("app")) as never,
    enableReadyCheck: false,
    disableClientInfo: true,
    protocol: 2,
    maxRetriesPerRequest: null,
    commandTimeout: 30_000,
    retryStrategy: () => 500,
  });
  client.on("error", () => {});
  /** A command whose answer takes too long is asked again. */
  const ask = async <T>(command: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await command();
      } catch {
        await network.advance(1000);
      }
    }
  };
  for (let i = 0; i < KEYS; i++) {
    assert.equal(await ask(() => client.set(`key ${i}`, `value ${i}`)), "OK");
  }
  for (let i = 0; i < KEYS; i++) {
    assert.equal(await ask(() => client.get(`key ${i}`)), `value ${i}`);
  }
  client.disconnect();
  server.close();
  // The last of its connections may still be closing.
  await network.advance(200_000);
}

/** Set and get keys under so many seeds of faults. */
export async function exploreRedis(seeds: number): Promise<void> {
  await explore({ seeds, faults: FAULTS, patience: 100 }, scenario);
}
