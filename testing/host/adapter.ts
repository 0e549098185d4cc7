/**
 * A simulated host as a backend of sockets and servers.
 *
 * @module
 */
import type {
  AdapterTimers,
  Binding,
  BindTarget,
  ListenSink,
  RuntimeAdapter,
} from "../../runtime/adapter.ts";
import { featureUnavailable, systemError } from "../../runtime/errors.ts";
import type { Entry, Wanted } from "./address_table.ts";
import { SimulatedAttempt } from "./attempt.ts";
import { SimulatedListener } from "./listener.ts";
import { createLookup } from "./lookup.ts";
import type { Machine } from "./machine.ts";

/** Its name in messages. */
const NAME = "simulated network";

function explain(wanted: Wanted): { address: string; port: number } {
  return wanted.kind === "pipe"
    ? { address: wanted.path, port: -1 }
    : { address: wanted.address, port: wanted.port };
}

/** Takes an address and a descriptor for it. */
function take(
  machine: Machine,
  wanted: Wanted,
  syscall: "bind" | "listen",
): { entry: Entry<SimulatedListener>; fd: number } {
  const entry = machine.take(wanted, syscall);
  const fd = machine.takeDescriptor();
  if (fd < 0) {
    machine.table.free(entry);
    const details = { ...explain(wanted), explain: syscall === "listen" };
    throw systemError("EMFILE", syscall, details);
  }
  return { entry, fd };
}

function bind(machine: Machine, target: BindTarget): Binding {
  if (target.kind === "native") {
    throw featureUnavailable("a bound socket of the runtime", NAME);
  }
  const { entry, fd } = take(machine, target, "bind");
  let isUsed = false;
  const use = () => {
    if (isUsed) throw systemError("EINVAL", "bind");
    isUsed = true;
  };
  return {
    kind: target.kind,
    fd,
    endpoint: () => entry.endpoint,
    listen({ backlog }, sink) {
      use();
      return listenAt(machine, entry, sink, backlog, fd);
    },
    connect(to, sink) {
      use();
      machine.table.free(entry);
      return new SimulatedAttempt(machine, to, sink, {
        endpoint: entry.endpoint,
        fd,
      });
    },
    close() {
      if (isUsed) return;
      isUsed = true;
      machine.table.free(entry);
      machine.freeDescriptor(fd);
    },
  };
}

function listenAt(
  machine: Machine,
  entry: Entry<SimulatedListener>,
  sink: ListenSink,
  backlog: number,
  fd: number,
): SimulatedListener {
  const listener = new SimulatedListener(machine, entry, sink, backlog, fd);
  machine.opened(listener);
  const { endpoint, path } = entry;
  machine.note("listen", endpoint?.port ?? path);
  return listener;
}

/** The backend of a simulated host. */
export function createHostAdapter(
  machine: Machine,
  timers: AdapterTimers,
): RuntimeAdapter {
  return {
    name: NAME,
    capabilities: {
      sourceAddress: true,
      unreferencedConnect: true,
      ipv6Only: true,
      reusePort: true,
      backlog: true,
      pipe: true,
      pipeMode: true, // who can see the path at all may read and write it
      listenHandle: false,
      openFd: false,
      cluster: false,
      reset: true,
      keepAliveDelay: true,
      keepAliveProbes: true,
    },

    lookup: createLookup(machine),
    timers,

    connect: (target, sink) => new SimulatedAttempt(machine, target, sink),

    listen(target, sink) {
      if (target.kind === "handle") {
        throw featureUnavailable("listening on a handle", NAME);
      }
      const wanted: Wanted = target.kind === "pipe"
        ? target
        : { ...target, address: target.address ?? "::" };
      const { entry, fd } = take(machine, wanted, "listen");
      return listenAt(machine, entry, sink, target.backlog, fd);
    },

    bind: (target) => bind(machine, target),

    open() {
      throw featureUnavailable("openFd", NAME);
    },
  };
}
