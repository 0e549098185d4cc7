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
  lstatSync(
    path: string,
  ): { readonly isSocket: boolean | null; readonly isDirectory: boolean };
  removeSync(path: string): void;
  readonly version: { readonly deno: string };
  startTls(
    conn: NativeConn,
    options: { caCerts: string[] },
  ): Promise<NativeConn>;
  readonly permissions: {
    querySync(
      descriptor: { name: "ffi" } | { name: "net"; host?: string },
    ): { readonly state: string };
    requestSync(
      descriptor:
        | { name: "net"; host?: string }
        | { name: "read" | "write"; path: string },
    ): { readonly state: string };
  };
  dlopen(library: string, symbols: object): { readonly symbols: object };
  readonly UnsafePointerView: new (pointer: unknown) => {
    getInt32(): number;
  };
  readonly errors: { readonly NotCapable: new (message: string) => Error };
  readonly internal?: symbol;
}

/** Deno's namespace. Only to be called where the Deno backend is in use. */
export function denoNamespace(): DenoNamespace {
  return (globalThis as unknown as { Deno: DenoNamespace }).Deno;
}

/** Whether there is a file, of whatever kind. */
export function exists(path: string): boolean {
  try {
    denoNamespace().lstatSync(path);
    return true;
  } catch {
    return false; // Or it cannot be known, and listening fails for that.
  }
}

/** A host and port as permissions name them. */
function permissionHost(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether the program may use every host. Asked until it may. */
let mayUseAll = false;

/** Whether the program may use the host; nobody is asked. */
export function isNetGranted(host: string, port: number): boolean {
  if (mayUseAll) return true;
  const { permissions } = denoNamespace();
  const isGranted = (descriptor: { name: "net"; host?: string }) =>
    permissions.querySync(descriptor).state === "granted";
  mayUseAll = isGranted({ name: "net" });
  return mayUseAll ||
    isGranted({ name: "net", host: permissionHost(host, port) });
}

/**
 * Why the program may not use the host. As for a call of Deno's own, the user
 * is asked if there is a terminal.
 *
 * @returns `null` if it may.
 */
export function netDenial(host: string, port: number): Error | null {
  const where = permissionHost(host, port);
  const { permissions, errors } = denoNamespace();
  const { state } = permissions.requestSync({ name: "net", host: where });
  return state === "granted" ? null : new errors.NotCapable(
    `Requires net access to "${where}", run again with the --allow-net flag`,
  );
}

/**
 * Why the program may not use the path of a socket. The user is asked, as in
 * {@linkcode netDenial}.
 *
 * @returns `null` if it may.
 */
export function pathDenial(path: string): Error | null {
  const { permissions, errors } = denoNamespace();
  for (const name of ["read", "write"] as const) {
    if (permissions.requestSync({ name, path }).state !== "granted") {
      return new errors.NotCapable(
        `Requires ${name} access to "${path}", run again with the ` +
          `--allow-${name} flag`,
      );
    }
  }
  return null;
}

/**
 * Whether the program may use the name that was looked up, but not the address
 * that was found: `--allow-net=localhost`.
 */
export function isGrantedByName(
  { host, address, port }: { host?: string; address: string; port: number },
): boolean {
  return host !== undefined && !isNetGranted(address, port) &&
    isNetGranted(host, port);
}
