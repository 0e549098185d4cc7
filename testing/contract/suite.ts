/**
 * What a group of rules is given.
 *
 * @module
 */
import type { RuntimeAdapter } from "../../runtime/adapter.ts";
import type { Lab } from "./lab.ts";
import type { Kind } from "./targets.ts";

/** What a group of rules is given. */
export interface Suite {
  readonly adapter: RuntimeAdapter;
  /** The kinds of connection that the backend has. */
  readonly kinds: readonly Kind[];
  readonly files: boolean;
  /** Whether a listener on every interface takes both families. */
  readonly dualStack: boolean;
  /** The code of a write to a connection that is known to be lost. */
  readonly lostCode: RegExp;
  /** Declare a test; what its lab opens is closed when it ends. */
  check(
    rule: string,
    run: (lab: Lab) => Promise<void>,
    /** Why it is skipped; `false` if it is not. */
    skip?: string | false,
  ): void;
  /** Why a write may be done however large it is, or `false`. */
  readonly takesAnyWrite: string | false;
  /** Why a path is not what it is on Unix, or `false`. */
  readonly hasNamedPipes: string | false;
  /** Why such a connection does not end one direction alone, or `false`. */
  noHalfClose(kind: Kind): string | false;
}
