/**
 * {@linkcode SocketAddress}: an IP address with a port.
 *
 * @module
 */
import { invalidAddress, invalidArgValue, outOfRange } from "../node/errors.ts";
import { type IPVersion, scanAddress } from "./ip.ts";
import { inspectAs } from "../node/inspect.ts";
import { formatAddress } from "./text.ts";
import {
  validateObject,
  validatePort,
  validateString,
  validateUint32,
} from "../node/validators.ts";

/** Options of `new SocketAddress()`. */
export interface SocketAddressInitOptions {
  /**
   * An IPv4 or IPv6 address. Default: `"127.0.0.1"`, or `"::"` if `family` is
   * `"ipv6"`.
   */
  address?: string | undefined;
  /** Either `"ipv4"` or `"ipv6"`, in upper or lower case. Default: `"ipv4"`. */
  family?: IPVersion | undefined;
  /** The IPv6 flow label, 20 bits. Default: 0; always 0 for IPv4. */
  flowlabel?: number | undefined;
  /** The port, 0 to 65535. Default: 0. */
  port?: number | undefined;
}

/** The properties of a `SocketAddress`, of this package or of the runtime. */
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

/** Scratch space for the address being parsed. */
const scanned = new Int32Array(4);

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
   * Make an address.
   *
   * @param options The address and its port; see
   * {@linkcode SocketAddressInitOptions}.
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE` for an option of a wrong type,
   * `ERR_INVALID_ARG_VALUE` for another family.
   * @throws {RangeError} `ERR_SOCKET_BAD_PORT` or `ERR_OUT_OF_RANGE` for a port
   * or flow label outside its range.
   * @throws {Error} `ERR_INVALID_ADDRESS` if `address` is no address of the
   * family.
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
    // Turns -0 into 0.
    this.#port = validatePort(port, "options.port") | 0;
    validateUint32(flowlabel, "options.flowlabel");
    if (version === "ipv6" && flowlabel > MAX_FLOW_LABEL) {
      const range = `>= 0 && <= ${MAX_FLOW_LABEL}`;
      throw outOfRange("options.flowlabel", range, flowlabel);
    }
    if (!scanAddress(address, version, scanned)) throw invalidAddress();
    this.#address = formatAddress(scanned, 0, version);
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

  /** Called by `JSON.stringify`: address, port, family and flow label. */
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
   * Whether a value is a `SocketAddress` of this package, or an object that
   * looks like one of the runtime.
   *
   * @param value Any value.
   */
  static isSocketAddress(value: unknown): value is SocketAddress {
    if (typeof value !== "object" || value === null) return false;
    if (#address in value) return true;
    if (value.constructor?.name !== "SocketAddress") return false;
    try {
      const { address, family, port, flowlabel } = value as Record<
        string,
        unknown
      >;
      return typeof address === "string" && typeof family === "string" &&
        typeof port === "number" && typeof flowlabel === "number";
    } catch {
      // The getters refuse an object that the constructor has not made.
      return false;
    }
  }

  /**
   * Parse an address with an optional port, written as in a URL:
   * `"192.0.2.1:443"`, `"[::1]:8080"`. As in an `http:` URL, port 80 is dropped
   * (`port` is 0), and short and hexadecimal IPv4 forms are valid.
   *
   * @param input The text to parse.
   * @returns The address, or `undefined` if the text is not valid.
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
 * The IP version that a family names, in upper or lower case.
 *
 * @throws {TypeError} `ERR_INVALID_ARG_VALUE` for any other value.
 */
export function versionOf(family: unknown): IPVersion {
  const { toLowerCase } = Object(family ?? 0) as { toLowerCase?: unknown };
  const name = typeof toLowerCase === "function"
    ? toLowerCase.call(family)
    : family;
  if (name === "ipv4" || name === "ipv6") return name;
  throw invalidArgValue("options.family", family);
}
