/**
 * {@linkcode SocketAddress}: an IP address with a port.
 *
 * @module
 */
import { invalidAddress, invalidArgValue, outOfRange } from "../node/errors.ts";
import { type IPVersion, scanAddress, words } from "./ip.ts";
import { inspectAs } from "../node/inspect.ts";
import { formatAddress } from "./text.ts";
import {
  validateObject,
  validatePort,
  validateString,
  validateUint32,
} from "../node/validators.ts";

/** What a {@linkcode SocketAddress} is made from. */
export interface SocketAddressInitOptions {
  /**
   * An IPv4 or IPv6 address. Default: `"127.0.0.1"`, or `"::"` if `family` is
   * `"ipv6"`.
   */
  address?: string | undefined;
  /** Either `"ipv4"`, the default, or `"ipv6"`; in any case of letters. */
  family?: IPVersion | undefined;
  /** The IPv6 flow label, 20 bits; 0, the default, for IPv4. */
  flowlabel?: number | undefined;
  /** The port, 0 to 65535. Default: 0. */
  port?: number | undefined;
}

/** What a {@linkcode SocketAddress} shows, of this package or the runtime. */
export interface SocketAddressLike {
  /** The address in canonical text form. */
  readonly address: string;
  /** Either `"ipv4"` or `"ipv6"`. */
  readonly family: IPVersion;
  /** The port, 0 to 65535. */
  readonly port: number;
  /** The IPv6 flow label. */
  readonly flowlabel: number;
}

/** The largest flow label: it has 20 bits. */
const MAX_FLOW_LABEL = 0xfffff;

/**
 * An IP address, a port and, for IPv6, a flow label.
 *
 * @example
 * ```ts
 * const address = new SocketAddress({ address: "2001:DB8::1", family: "ipv6" });
 * address.address; // "2001:db8::1"
 * ```
 */
export class SocketAddress implements SocketAddressLike {
  readonly #address: string;
  readonly #port: number;
  readonly #family: IPVersion;
  readonly #flowlabel: number;

  static {
    inspectAs(this.prototype, "SocketAddress", (address) => address.toJSON());
  }

  /**
   * @param options The address and its port; see
   * {@linkcode SocketAddressInitOptions}.
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE` for an option of a wrong type,
   * `ERR_INVALID_ARG_VALUE` for another family.
   * @throws {RangeError} `ERR_SOCKET_BAD_PORT` or `ERR_OUT_OF_RANGE` for a port
   * or flow label outside its range.
   * @throws {Error} `ERR_INVALID_ADDRESS` if `address` is none of its family.
   */
  constructor(options: SocketAddressInitOptions = {}) {
    validateObject(options, "options");
    const { family = "ipv4" } = options;
    const {
      address = family === "ipv4" ? "127.0.0.1" : "::",
      port = 0,
      flowlabel = 0,
    } = options;
    const version = versionOf(family);
    validateString(address, "options.address");
    // No port is -0.
    this.#port = validatePort(port, "options.port") | 0;
    validateUint32(flowlabel, "options.flowlabel");
    if (version === "ipv6" && flowlabel > MAX_FLOW_LABEL) {
      const range = `>= 0 && <= ${MAX_FLOW_LABEL}`;
      throw outOfRange("options.flowlabel", range, flowlabel);
    }
    if (!scanAddress(address, version)) throw invalidAddress();
    this.#address = formatAddress(words, 0, version);
    this.#family = version;
    this.#flowlabel = version === "ipv6" ? flowlabel : 0;
  }

  /** The address in canonical text form, without a zone. */
  get address(): string {
    return this.#address;
  }

  /** Either `"ipv4"` or `"ipv6"`. */
  get family(): IPVersion {
    return this.#family;
  }

  /** The IPv6 flow label; 0 for IPv4. */
  get flowlabel(): number {
    return this.#flowlabel;
  }

  /** The port, 0 to 65535. */
  get port(): number {
    return this.#port;
  }

  /** What `JSON.stringify` writes: address, port, family and flow label. */
  toJSON(): {
    address: string;
    port: number;
    family: IPVersion;
    flowlabel: number;
  } {
    const { address, port, family, flowlabel } = this;
    return { address, port, family, flowlabel };
  }

  /**
   * Whether a value is a `SocketAddress`: one of this package, or an object
   * that looks like the runtime's own.
   *
   * @param value Any value.
   */
  static isSocketAddress(value: unknown): value is SocketAddress {
    if (typeof value !== "object" || value === null) return false;
    if (#address in value) return true;
    return value.constructor?.name === "SocketAddress" &&
      "address" in value && typeof value.address === "string" &&
      "family" in value && typeof value.family === "string" &&
      "port" in value && typeof value.port === "number" &&
      "flowlabel" in value && typeof value.flowlabel === "number";
  }

  /**
   * Read an address and an optional port as they stand in a URL:
   * `"192.0.2.1:443"`, `"[::1]:8080"`. As in a URL with `http:` before it, port
   * 80 is no port, and short and hexadecimal IPv4 forms are taken.
   *
   * @param input The text to read.
   * @returns The address, or `undefined` if it cannot be read.
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE` if `input` is not a string.
   *
   * @example
   * ```ts
   * SocketAddress.parse("[::1]:8080")?.port; // 8080
   * SocketAddress.parse("localhost:80"); // undefined
   * ```
   */
  static parse(input: string): SocketAddress | undefined {
    validateString(input, "input");
    try {
      const { hostname, port } = new URL(`http://${input}`);
      return hostname.startsWith("[")
        ? new SocketAddress({
          address: hostname.slice(1, -1),
          family: "ipv6",
          port: Number(port),
        })
        : new SocketAddress({ address: hostname, port: Number(port) });
    } catch {
      return undefined;
    }
  }
}

/**
 * The version a family names, in any case of letters.
 *
 * @throws {TypeError} `ERR_INVALID_ARG_VALUE` for another name.
 */
export function versionOf(family: unknown): IPVersion {
  const { toLowerCase } = Object(family ?? 0) as { toLowerCase?: unknown };
  const name = typeof toLowerCase === "function"
    ? toLowerCase.call(family)
    : family;
  if (name === "ipv4" || name === "ipv6") return name;
  throw invalidArgValue("options.family", family);
}
