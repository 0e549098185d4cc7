/**
 * The oldest releases that the package supports. An older one fails in ways
 * that show late: it loses an error, or bytes, or crashes. So importing the
 * package there throws.
 *
 * @module
 */
import { process } from "./builtins.ts";

/**
 * The oldest supported release of each supported release line, oldest first. A
 * line is a major version; or a minor one, where two lines share the major.
 * What is newer than the last one is supported as well. `engines` in
 * `package.json` says the same to package managers.
 */
const FLOORS = {
  Deno: ["2.5.7", "2.8.0"],
  Bun: ["1.3.14"],
  Node: ["20.19.0", "22.12.0"],
} as const;

/** The versions of a process, as `process.versions` has them. */
export interface Versions {
  readonly deno?: string | undefined;
  readonly bun?: string | undefined;
  readonly node?: string | undefined;
}

/** Major, minor and patch. A build of `"1.4.5-canary"` counts as 1.4.5. */
function numbersOf(version: string): number[] {
  return version.split(/[.+-]/, 3).map(Number);
}

/**
 * Whether a version is older than another.
 *
 * @example
 * ```ts
 * isOlder("2.8.3", "2.9.1"); // true
 * ```
 */
export function isOlder(version: string, than: string): boolean {
  const other = numbersOf(than);
  for (const [i, number] of numbersOf(version).entries()) {
    if (number !== other[i]) return number < other[i]!;
  }
  return false;
}

/** Whether a version is at or above the floor of its release line. */
function isSupported(version: string, floors: readonly string[]): boolean {
  return floors.some((floor, i) => {
    const line = lineOf(floor, floors[i + 1]);
    return !isOlder(version, floor) &&
      (line === undefined || `${version}.`.startsWith(`${line}.`));
  });
}

/** The line of a floor: `"20"`, `"2.5"`; `undefined` for the last. */
function lineOf(floor: string, next: string | undefined): string | undefined {
  if (next === undefined) return undefined;
  const [major, minor] = numbersOf(floor);
  return numbersOf(next)[0] === major ? `${major}.${minor}` : `${major}`;
}

/**
 * Check that the package can work on this release of the runtime.
 *
 * @param versions The versions of this process.
 * @throws {Error} With the code `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM`, if the
 * release is too old; the message names it and those that are not.
 */
export function checkFloor(versions: Versions = process.versions): void {
  // Deno and Bun name a version of Node, too.
  const [name, version] = versions.deno !== undefined
    ? ["Deno", versions.deno] as const
    : versions.bun !== undefined
    ? ["Bun", versions.bun] as const
    : ["Node", versions.node] as const;
  if (version === undefined || isSupported(version, FLOORS[name])) return;
  const newer = FLOORS[name].map((floor, i, floors) => {
    const line = lineOf(floor, floors[i + 1]);
    return `${floor} or ${line === undefined ? "newer" : `a newer ${line}`}`;
  });
  throw Object.assign(
    new Error(
      `isonet needs ${name} ${newer.join(", or ")}; this is ${version}`,
    ),
    { code: "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM" },
  );
}
