/**
 * IP addresses in text form: recognise them, and read them into integers.
 *
 * One hand-written scan over char codes serves all callers. It allocates
 * nothing; its result lies in {@linkcode words} until the next scan.
 *
 * @module
 */

const PERCENT = 37;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const COLON = 58;
const LOWER_CASE = 0x20;
const LOWER_A = 97;

/** The value of each hexadecimal digit, -1 for other characters. */
const HEX_VALUES = new Int8Array(128).fill(-1);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  HEX_VALUES[digit.charCodeAt(0)] = value;
  HEX_VALUES[digit.toUpperCase().charCodeAt(0)] = value;
}

/**
 * The address last read, as four 32-bit words in network order. An IPv4
 * address lies here in its IPv4-mapped form, `::ffff:a.b.c.d`.
 */
export const words: Int32Array = new Int32Array(4);

/** The upper half of an IPv4-mapped address: `::ffff:0:0`, third word. */
export const MAPPED = 0xffff;

/** The 16-bit groups of the IPv6 address being read. */
const groups = new Int32Array(8);

/**
 * Read `a.b.c.d` from `start` to `end` into {@linkcode words}.
 *
 * @returns Whether it is one: four decimal parts up to 255, no leading zeroes.
 */
export function scanIPv4(text: string, start: number, end: number): boolean {
  let address = 0;
  let part = 0;
  let hasDigit = false;
  let dots = 0;
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - ZERO;
    if (digit === DOT - ZERO) {
      if (!hasDigit) return false;
      address = address << 8 | part;
      part = 0;
      hasDigit = false;
      dots++;
    } else {
      if (digit >>> 0 > 9 || (part === 0 && hasDigit)) return false;
      part = part * 10 + digit;
      if (part > 255) return false;
      hasDigit = true;
    }
  }
  if (dots !== 3 || !hasDigit) return false;
  words[0] = 0;
  words[1] = 0;
  words[2] = MAPPED;
  words[3] = address << 8 | part;
  return true;
}

/**
 * Read an IPv6 address at the start of `text`, up to a zone, a NUL or the end,
 * into {@linkcode words}.
 *
 * @returns Where the address ends, or -1 if there is none.
 */
export function scanIPv6(text: string): number {
  const { length } = text;
  if (length < 2) return -1;
  let count = 0;
  let gap = -1;
  let i = 0;
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return -1;
    gap = 0;
    i = 2;
  }
  while (i < length) {
    const start = i;
    let code = 0;
    let group = 0;
    for (; i < length; i++) {
      code = text.charCodeAt(i);
      const digit = code < 128 ? HEX_VALUES[code]! : -1;
      if (digit < 0) break;
      group = group << 4 | digit;
    }
    const digits = i - start;
    if (digits === 0) {
      // Only "::" may stand before the end.
      if (gap === count && endsAddress(code)) break;
      return -1;
    }
    if (i < length && code === DOT) {
      i = endOfAddress(text, i);
      if (count > 6 || !scanIPv4(text, start, i)) return -1;
      const address = words[3]!;
      groups[count++] = address >>> 16;
      groups[count++] = address & 0xffff;
      break;
    }
    if (digits > 4 || count === 8) return -1;
    groups[count++] = group;
    if (i === length || endsAddress(code)) break;
    if (code !== COLON || ++i === length) return -1;
    if (text.charCodeAt(i) === COLON) {
      if (gap !== -1) return -1;
      gap = count;
      i++;
    }
  }
  // "::" stands for at least one group.
  if (gap === -1 ? count !== 8 : count === 8) return -1;
  if (gap !== -1) {
    const shift = 8 - count;
    for (let j = 7; j >= gap + shift; j--) groups[j] = groups[j - shift]!;
    for (let j = gap; j < gap + shift; j++) groups[j] = 0;
  }
  words[0] = groups[0]! << 16 | groups[1]!;
  words[1] = groups[2]! << 16 | groups[3]!;
  words[2] = groups[4]! << 16 | groups[5]!;
  words[3] = groups[6]! << 16 | groups[7]!;
  return i;
}

function endsAddress(code: number): boolean {
  return code === PERCENT || code === 0;
}

function endOfAddress(text: string, i: number): number {
  while (i < text.length && !endsAddress(text.charCodeAt(i))) i++;
  return i;
}

/** How addresses of either kind are called here. */
export type IPVersion = "ipv4" | "ipv6";

/**
 * Read an address into {@linkcode words} as the C library would: a NUL ends it,
 * and an IPv6 address may have any zone, which is passed over.
 *
 * @returns Whether `text` is an address of that version.
 */
export function scanAddress(text: string, version: IPVersion): boolean {
  if (version === "ipv6") return scanIPv6(text) !== -1;
  if (scanIPv4(text, 0, text.length)) return true;
  const nul = text.indexOf("\0");
  return nul !== -1 && scanIPv4(text, 0, nul);
}

/** Whether a zone, one or more of `0-9 A-Z a-z - . :`, fills the rest. */
function isZone(text: string, start: number): boolean {
  if (start === text.length) return false;
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= ZERO && code <= COLON) continue;
    if (code === MINUS || code === DOT) continue;
    const letter = (code | LOWER_CASE) - LOWER_A;
    if (letter < 0 || letter > 25) return false;
  }
  return true;
}

function isIPv4Text(text: string): boolean {
  const { length } = text;
  return length > 6 && length < 16 && scanIPv4(text, 0, length);
}

function isIPv6Text(text: string): boolean {
  const end = scanIPv6(text);
  if (end === text.length) return true;
  return end !== -1 && text.charCodeAt(end) === PERCENT &&
    isZone(text, end + 1);
}

/**
 * Whether `input` is an IPv4 or IPv6 address.
 *
 * IPv4 is four decimal numbers without leading zeroes. IPv6 may be compressed,
 * may end in an IPv4 address, and may have a zone (`fe80::1%eth0`). What is no
 * string is converted to one first.
 *
 * @param input The value to look at.
 * @returns `4`, `6`, or `0` for anything else.
 * @throws {TypeError} If `input` cannot be converted to a string (a symbol).
 *
 * @example
 * ```ts
 * isIP("127.0.0.1"); // 4
 * isIP("::1"); // 6
 * isIP("127.000.000.001"); // 0
 * ```
 */
export function isIP(input: unknown): 0 | 4 | 6 {
  const text = typeof input === "string" ? input : `${input}`;
  if (isIPv4Text(text)) return 4;
  return isIPv6Text(text) ? 6 : 0;
}

/**
 * Whether `input` is an IPv4 address: four decimal numbers without leading
 * zeroes. What is no string is converted to one first.
 *
 * @param input The value to look at.
 * @returns `true` for an IPv4 address.
 * @throws {TypeError} If `input` cannot be converted to a string (a symbol).
 *
 * @example
 * ```ts
 * isIPv4("127.0.0.1"); // true
 * isIPv4("127.0.0.1/24"); // false
 * ```
 */
export function isIPv4(input: unknown): boolean {
  return isIPv4Text(typeof input === "string" ? input : `${input}`);
}

/**
 * Whether `input` is an IPv6 address, with or without a zone. What is no
 * string is converted to one first.
 *
 * @param input The value to look at.
 * @returns `true` for an IPv6 address.
 * @throws {TypeError} If `input` cannot be converted to a string (a symbol).
 *
 * @example
 * ```ts
 * isIPv6("fe80::1%eth0"); // true
 * isIPv6("127.0.0.1"); // false
 * ```
 */
export function isIPv6(input: unknown): boolean {
  return isIPv6Text(typeof input === "string" ? input : `${input}`);
}
