/**
 * A host of a simulated network, for the program.
 *
 * @module
 */
import type { AdapterTimers, RuntimeAdapter } from "../../runtime/adapter.ts";
import { createHostAdapter } from "./adapter.ts";
import type { Machine } from "./machine.ts";
import { bindNet, type SimulatedNet } from "./net.ts";

/**
 * A host of a simulated network: addresses, ports and paths of its own.
 *
 * @example A crash that nobody is told of
 * ```ts
 * import { createNetwork } from "@isonet/net/testing";
 *
 * const network = createNetwork({ seed: 1 });
 * const [app, db] = [network.host("app"), network.host("db")];
 * db.net.createServer((socket) => socket.resume()).listen(5432);
 * const client = app.net.connect(5432, "db");
 * client.setTimeout(30_000, () => client.destroy());
 * client.on("close", () => console.log("given up at", network.now, "ms"));
 * await network.advance(1000);
 * db.crash();
 * await network.advance(60_000);
 * db.restart(); // its servers listen again, its connections are gone
 * ```
 */
export class Host {
  /** All of `net`, on this host. */
  readonly net: SimulatedNet;
  /** The backend below it, for the `adapter` option of plain `net`. */
  readonly adapter: RuntimeAdapter;
  readonly #machine: Machine;

  /** Made by the network. */
  constructor(machine: Machine, timers: AdapterTimers) {
    this.#machine = machine;
    this.adapter = createHostAdapter(machine, timers);
    this.net = bindNet(this.adapter);
  }

  /** Its name, which resolves to its addresses. */
  get name(): string {
    return this.#machine.name;
  }

  /** Its addresses, those of the loopback left out. */
  get addresses(): readonly string[] {
    return this.#machine.addresses;
  }

  /** How many descriptors can be open here; beyond that, `EMFILE`. */
  get descriptors(): number {
    return this.#machine.descriptors.limit;
  }

  set descriptors(limit: number) {
    this.#machine.descriptors.limit = limit;
  }

  /** Whether it has crashed. */
  get isDown(): boolean {
    return this.#machine.isDown;
  }

  /**
   * Have it vanish, as by a power cut. Its peers hear nothing; packets to it
   * are lost. Its own sockets see the end of what they read, so that the
   * program, which goes on, can let go of them; new ones fail with `ENETDOWN`.
   */
  crash(): void {
    this.#machine.crash();
  }

  /**
   * Have it back. Who listened listens again; who sends to a connection from
   * before sees a RST.
   */
  restart(): void {
    this.#machine.restart();
  }
}
