/**
 * The types of the tables of refused calls, and how to make these calls.
 *
 * @module
 */
import { inspect } from "node:util";
import * as net from "../../../mod.ts";

type Loose = (...args: unknown[]) => unknown;

function invoke(target: object, name: string, args: unknown[]): unknown {
  return Reflect.apply(Reflect.get(target, name) as Loose, target, args);
}

type Name =
  | "connect"
  | "createServer"
  | "listen"
  | "getConnections"
  | "Socket"
  | "setTimeout"
  | "setDefaultAutoSelectFamily"
  | "setDefaultAutoSelectFamilyAttemptTimeout";

/** The functions and methods under test, open to any argument. */
const functions: Record<Name, Loose> = {
  connect: net.connect as Loose,
  createServer: net.createServer as Loose,
  listen: (...args) => invoke(net.createServer(), "listen", args),
  getConnections: (...args) =>
    invoke(net.createServer(), "getConnections", args),
  Socket: (...args) => Reflect.construct(net.Socket, args),
  setTimeout: (...args) => invoke(new net.Socket(), "setTimeout", args),
  setDefaultAutoSelectFamily: net.setDefaultAutoSelectFamily as Loose,
  setDefaultAutoSelectFamilyAttemptTimeout: net
    .setDefaultAutoSelectFamilyAttemptTimeout as Loose,
};

/** Calls of one function that throw the same error. */
export interface RefusedCalls {
  /** The function; a method is called on a new server or socket. */
  readonly call: Name;
  /** Class of the error. */
  readonly type: new (message: string) => Error;
  /** Code of the error. */
  readonly code: string;
  /** Its message, `%` for the value received. */
  readonly message: string;
  /** The arguments, and how the message prints the value received. */
  readonly cases:
    readonly (readonly [args: readonly unknown[], value?: string])[];
}

/** One of these calls. */
export interface RefusedCall {
  /** The call as a program would write it. */
  readonly text: string;
  /** Makes the call. */
  run(): unknown;
  /** What it throws. */
  readonly type: new (message: string) => Error;
  readonly code: string;
  readonly message: string;
}

/** The calls of a table. */
export function* callsOf(
  table: readonly RefusedCalls[],
): Generator<RefusedCall> {
  for (const { call, type, code, message, cases } of table) {
    for (const [args, value = ""] of cases) {
      yield {
        text: `${call}(${args.map((arg) => inspect(arg)).join(", ")})`,
        run: () => functions[call](...args),
        type,
        code,
        message: message.replace("%", () => value),
      };
    }
  }
}
