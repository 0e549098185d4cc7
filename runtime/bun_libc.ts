/**
 * The one system call that the Bun backend makes itself, through `bun:ffi`.
 *
 * @module
 */
import process from "node:process";

type Listen = (fd: number, backlog: number) => number;

interface Ffi {
  dlopen(
    library: string,
    symbols: { listen: { args: ["int", "int"]; returns: "int" } },
  ): { symbols: { listen: Listen } };
}

/** Where the C library is, by platform; the first that opens. */
function libraries(): string[] {
  switch (process.platform) {
    case "darwin":
      return ["libSystem.B.dylib"];
    case "freebsd":
      return ["libc.so.7"];
    case "win32":
      return [];
    default: {
      const arch = process.arch === "arm64" ? "aarch64" : "x86_64";
      return ["libc.so.6", `libc.musl-${arch}.so.1`];
    }
  }
}

function load(): Listen | null {
  const { dlopen } = process.getBuiltinModule("bun:ffi") as unknown as Ffi;
  for (const library of libraries()) {
    try {
      return dlopen(library, {
        listen: { args: ["int", "int"], returns: "int" },
      })
        .symbols.listen;
    } catch {
      // Not this one.
    }
  }
  return null;
}

let listen: Listen | null | undefined;

/**
 * Give a listening socket another length of its accept queue: `listen(2)` may
 * be called again for that.
 *
 * @returns `false` if there is no C library to call.
 */
export function setBacklog(fd: number, backlog: number): boolean {
  listen ??= load();
  return listen !== null && listen(fd, backlog) === 0;
}
