/**
 * `net`, bound to one host: whatever it makes lives there.
 *
 * @module
 */
import net, { type Net } from "../../mod.ts";
import type {
  NetConnectOpts,
  Server as NetServer,
  ServerOpts,
  Socket,
} from "../../mod.ts";
import type { RuntimeAdapter } from "../../runtime/adapter.ts";
import { featureUnavailable } from "../../runtime/errors.ts";
import { Faults } from "../tcp/faults.ts";

/** A socket of a simulated host. */
export interface SimulatedSocket extends Socket {
  /** Faults of its connection. */
  readonly fault: Faults;
}

/** `connect` of a simulated host. */
export interface SimulatedConnect {
  /** As `net.connect`. */
  (options: NetConnectOpts, connectListener?: () => void): SimulatedSocket;
  /** As `net.connect`. */
  (port: number, host?: string, connectListener?: () => void): SimulatedSocket;
  /** As `net.connect`. */
  (port: number, connectListener?: () => void): SimulatedSocket;
  /** As `net.connect`. */
  (path: string, connectListener?: () => void): SimulatedSocket;
}

/** Called with each socket that a server of a simulated host accepts. */
export type SimulatedListener = (socket: SimulatedSocket) => void;

/** `createServer` of a simulated host. */
export interface SimulatedCreateServer {
  /** As `net.createServer`. */
  (connectionListener?: SimulatedListener): NetServer;
  /** As `net.createServer`. */
  (options?: ServerOpts, connectionListener?: SimulatedListener): NetServer;
}

/** All of `net`, bound to a simulated host. */
export interface SimulatedNet
  extends Omit<Net, "connect" | "createConnection" | "createServer"> {
  /** As `net.connect`. */
  connect: SimulatedConnect;
  /** As `net.connect`. */
  createConnection: SimulatedConnect;
  /** As `net.createServer`. */
  createServer: SimulatedCreateServer;
}

type AnyFunction = (...args: unknown[]) => unknown;

/** A class whose arguments are seen to first; `instanceof` does not notice. */
function withArguments<Class extends object>(
  cls: Class,
  prototype: object,
  complete: (args: unknown[]) => unknown[],
): Class {
  const target = cls as unknown as AnyFunction;
  function face(this: unknown, ...args: unknown[]): unknown {
    const given = complete(args);
    return new.target
      ? Reflect.construct(target, given, new.target)
      : this instanceof target
      ? Reflect.apply(target, this, given)
      : Reflect.construct(target, given, face);
  }
  face.prototype = prototype;
  Object.setPrototypeOf(face, cls);
  Object.defineProperty(face, "name", {
    value: target.name,
    configurable: true,
  });
  return face as unknown as Class;
}

/** Give a socket its `fault`, unseen by those who list its properties. */
function withFault(socket: Socket): SimulatedSocket {
  return Object.defineProperty(socket, "fault", {
    value: new Faults(socket),
    configurable: true,
  }) as SimulatedSocket;
}

/** All of `net`, with this backend for whatever names none. */
export function bindNet(adapter: RuntimeAdapter): SimulatedNet {
  /** Options, with the backend. */
  const complete = (options: unknown): object => ({
    adapter,
    ...options as object,
  });

  const Socket = withArguments(
    net.Socket,
    net.Socket.prototype,
    ([options]) => [complete(
      typeof options === "number" ? { fd: options } : options,
    )],
  );

  const serverPrototype = Object.create(net.Server.prototype, {
    // Whoever listens for a connection finds its faults.
    emit: {
      value(this: NetServer, event: string, ...args: unknown[]): boolean {
        if (event === "connection") withFault(args[0] as Socket);
        return Reflect.apply(net.Server.prototype.emit, this, [event, ...args]);
      },
      configurable: true,
      writable: true,
    },
  });
  const Server = withArguments(
    net.Server,
    serverPrototype,
    ([first, second]) =>
      typeof first === "function"
        ? [complete({}), first]
        : first === undefined || first === null
        ? [complete({}), second]
        : typeof first === "object"
        ? [complete(first), second]
        : [first, second],
  );
  Object.defineProperty(serverPrototype, "constructor", {
    value: Server,
    configurable: true,
    writable: true,
  });

  const connect = (...args: unknown[]) => {
    const [options, listener] = net._normalizeArgs<NetConnectOpts>(args);
    const socket = net.connect(
      complete(options) as NetConnectOpts,
      listener as (() => void) | undefined ?? undefined,
    );
    return withFault(socket);
  };

  return {
    ...net,
    Socket,
    Stream: Socket,
    Server,
    BoundSocket: withArguments(
      net.BoundSocket,
      net.BoundSocket.prototype,
      ([options]) => [complete(options ?? {})],
    ),
    connect: connect as SimulatedConnect,
    createConnection: connect as SimulatedConnect,
    createServer:
      ((...args: never[]) => new Server(...args)) as SimulatedCreateServer,
    _createServerHandle: () => {
      throw featureUnavailable("_createServerHandle", adapter.name);
    },
    promises: {
      ...net.promises,
      connect: (...args: unknown[]) => {
        const [options] = net._normalizeArgs<NetConnectOpts>(args);
        return net.promises.connect(complete(options) as NetConnectOpts);
      },
      listen: (options) => net.promises.listen(complete(options)),
    },
  };
}
