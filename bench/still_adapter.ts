/**
 * An adapter that moves no data, so that only the cost of the shared layer is
 * measured.
 *
 * @module
 */
import type {
  Connection,
  ConnectionSink,
  RuntimeAdapter,
} from "../runtime/adapter.ts";

const nothing = () => {};

/** An adapter, and the sink of the last connection made through it. */
export interface StillAdapter {
  readonly adapter: RuntimeAdapter;
  sink(): ConnectionSink;
}

/** Makes an adapter on which every attempt to connect succeeds. */
export function createStillAdapter(): StillAdapter {
  let sink: ConnectionSink;
  const connection: Connection = {
    kind: "pipe",
    writeQueueSize: 0,
    fd: -1,
    attach: (given) => sink = given,
    localEndpoint: () => null,
    remoteEndpoint: () => null,
    readStart: nothing,
    readStop: nothing,
    write: () => true,
    writev: () => true,
    shutdown: nothing,
    close: nothing,
    reset: nothing,
    ref: nothing,
    unref: nothing,
    setNoDelay: nothing,
    setKeepAlive: nothing,
  };
  const unused = () => {
    throw new Error("not to be used");
  };
  const adapter: RuntimeAdapter = {
    name: "still",
    capabilities: {
      sourceAddress: false,
      unreferencedConnect: false,
      ipv6Only: false,
      reusePort: false,
      backlog: false,
      pipe: true,
      pipeMode: false,
      listenHandle: false,
      openFd: false,
      cluster: false,
      reset: true,
      keepAliveDelay: true,
      keepAliveProbes: true,
    },
    connect(_target, sink) {
      setImmediate(() => sink.onConnect(connection));
      return { abort: nothing, ref: nothing, unref: nothing };
    },
    listen: unused,
    open: unused,
  };
  return { adapter, sink: () => sink };
}
