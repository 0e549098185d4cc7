/**
 * Socket addresses as Linux lays them out in memory: `sockaddr_in`,
 * `sockaddr_in6` and `sockaddr_un`.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { AF_INET, AF_INET6, AF_UNIX, SUN_PATH_SIZE } from "./linux_sockets.ts";

/** Bytes of the largest address of IP, `sockaddr_in6`. */
const SOCKADDR_IN6_SIZE = 28;
const SOCKADDR_IN_SIZE = 16;

/** A socket address as the system takes it. */
export interface SystemAddress {
  /** `AF_INET`, `AF_INET6` or `AF_UNIX`. */
  readonly domain: number;
  /** All of it. */
  readonly bytes: Buffer;
}

/** A socket address of IP. */
export class IpSystemAddress implements SystemAddress {
  readonly bytes: Buffer;

  /** @param bytes As the system filled them in. */
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** The unspecified address, `0.0.0.0` or `::`, with a port. */
  static unspecified(family: 4 | 6, port: number): IpSystemAddress {
    const size = family === 4 ? SOCKADDR_IN_SIZE : SOCKADDR_IN6_SIZE;
    const address = new IpSystemAddress(Buffer.alloc(size));
    address.bytes[0] = family === 4 ? AF_INET : AF_INET6;
    address.bytes.writeUInt16BE(port, 2);
    return address;
  }

  /** Memory for an address of either family, for the system to fill in. */
  static empty(): IpSystemAddress {
    return new IpSystemAddress(Buffer.alloc(SOCKADDR_IN6_SIZE));
  }

  get domain(): number {
    return this.bytes[0]!;
  }

  get family(): "IPv4" | "IPv6" {
    return this.domain === AF_INET ? "IPv4" : "IPv6";
  }

  get port(): number {
    return this.bytes.readUInt16BE(2);
  }

  /** The numeric address, 4 or 16 bytes; a part of {@linkcode bytes}. */
  get number(): Buffer {
    return this.family === "IPv4"
      ? this.bytes.subarray(4, 8)
      : this.bytes.subarray(8, 24);
  }

  /** Whether both are the same, whatever their zones. */
  isSameAs({ domain, port, number }: IpSystemAddress): boolean {
    return domain === this.domain && port === this.port &&
      this.number.equals(number);
  }

  /** Set the zone of an IPv6 address: the index of a network interface. */
  setZone(index: number): void {
    this.bytes.writeUInt32LE(index, 24);
  }
}

/** The address of a path or an abstract name; `undefined` if it is too long. */
export function pathAddress(path: string): SystemAddress | undefined {
  const length = Buffer.byteLength(path);
  if (length > SUN_PATH_SIZE) return undefined;
  // Every byte of an abstract name counts; a path ends at its NUL, if there is
  // room for one.
  const hasNul = !path.startsWith("\0") && length < SUN_PATH_SIZE;
  const bytes = Buffer.alloc(2 + length + (hasNul ? 1 : 0));
  bytes[0] = AF_UNIX;
  bytes.write(path, 2);
  return { domain: AF_UNIX, bytes };
}
