/**
 * The part of Deno's API that the Deno backend uses, as small structural types.
 * With them the package type-checks without Deno's own types, and importing it
 * on another runtime touches nothing.
 *
 * @module
 */

/** `Deno.Addr`, as far as it is used; the address of a path has neither. */
export interface NativeAddress {
  readonly hostname?: string;
  readonly port?: number;
}

/** `Deno.Conn`. A Unix domain socket has no TCP options. */
export interface NativeConn {
  readonly localAddr: NativeAddress;
  readonly remoteAddr: NativeAddress;
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  closeWrite(): Promise<void>;
  close(): void;
  ref(): void;
  unref(): void;
  setNoDelay?(on: boolean): void;
  setKeepAlive?(on: boolean): void;
}

/** `Deno.Listener`. */
export interface NativeListener {
  readonly addr: NativeAddress;
  accept(): Promise<NativeConn>;
  close(): void;
  ref(): void;
  unref(): void;
}

/** What `Deno.connect` takes. */
export interface ConnectOptions {
  readonly transport?: "tcp" | "unix";
  readonly hostname?: string;
  readonly port?: number;
  readonly path?: string;
  readonly signal?: AbortSignal;
}

/** What `Deno.listen` takes. */
export interface ListenOptions {
  readonly transport?: "tcp" | "unix";
  readonly hostname?: string;
  readonly port?: number;
  readonly path?: string;
  readonly tcpBacklog?: number;
}

/** The members of the `Deno` namespace that are used here. */
export interface DenoNamespace {
  connect(options: ConnectOptions): Promise<NativeConn>;
  listen(options: ListenOptions): NativeListener;
  lstatSync(path: string): { readonly isSocket: boolean | null };
  removeSync(path: string): void;
  readonly version: { readonly deno: string };
  startTls(
    conn: NativeConn,
    options: { caCerts: string[] },
  ): Promise<NativeConn>;
  readonly permissions: {
    querySync(
      descriptor: { name: "ffi" } | { name: "net"; host: string },
    ): { readonly state: string };
  };
  dlopen(library: string, symbols: object): { readonly symbols: object };
  readonly UnsafePointerView: new (pointer: unknown) => {
    getInt32(): number;
  };
  readonly internal?: symbol;
}

/** Deno's namespace. Only to be called where the Deno backend is in use. */
export function denoNamespace(): DenoNamespace {
  return (globalThis as unknown as { Deno: DenoNamespace }).Deno;
}
