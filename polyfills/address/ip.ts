/**
 * IP addresses in text form: recognise them, and convert them to integers.
 *
 * One hand-written scan over char codes serves all callers and allocates nothing.
 * As with inet_pton(3), the caller says where the integers go.
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

/**
 * The value of each hexadecimal digit, and -1 for every other char code. A table
 * of 128 entries would need a range check for each character; these 64 KB make
 * IPv6 a tenth faster.
 */
const HEX_VALUES = new Int8Array(1 << 16).fill(-1);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  HEX_VALUES[digit.charCodeAt(0)] = value;
  HEX_VALUES[digit.toUpperCase().charCodeAt(0)] = value;
}

/** The third 32-bit word of an IPv4-mapped address, `::ffff:a.b.c.d`. */
export const MAPPED = 0xffff;

/**
 * The words of the address scanned last. Private to this file, and always the
 * same array, which engines write to fastest.
 */
const words = new Int32Array(4);

/** The 16-bit groups of the IPv6 address being read. */
const groups = new Int32Array(8);

/**
 * Convert an IPv4 address to {@linkcode words}: four decimal numbers up to 255
 * without leading zeroes. It may end at a percent sign or a NUL.
 *
 * @param start The index in `text` where the address begins.
 * @returns The index in `text` where the address ends, or -1 if it is none.
 */
function scanIPv4(text: string, start: number): number {
  const { length } = text;
  let address = 0;
  let code = 0;
  let i = start;
  for (let dots = 0;; dots++) {
    if (i >= length) return -1;
    code = text.charCodeAt(i);
    let part = code - ZERO;
    if (part >>> 0 > 9) return -1;
    // At most two more digits. With a loop, a fifth fewer calls fit in a second.
    if (++i < length) {
      code = text.charCodeAt(i);
      let digit = code - ZERO;
      if (digit >>> 0 <= 9) {
        if (part === 0) return -1;
        part = part * 10 + digit;
        if (++i < length) {
          code = text.charCodeAt(i);
          digit = code - ZERO;
          if (digit >>> 0 <= 9) {
            part = part * 10 + digit;
            if (part > 255) return -1;
            if (++i < length) code = text.charCodeAt(i);
          }
        }
      }
    }
    address = address << 8 | part;
    if (dots === 3) break;
    if (i >= length || code !== DOT) return -1;
    i++;
  }
  if (i < length && !endsAddress(code)) return -1;
  words[0] = 0;
  words[1] = 0;
  words[2] = MAPPED;
  words[3] = address;
  return i;
}

/** Rules addresses out by their first 32 bits. */
export interface PrefixTest {
  /** Whether an address that begins with this word may be wanted. */
  mayHold(word: number): boolean;
}

/**
 * Convert an IPv6 address at the start of `text` to {@linkcode words}. It may end
 * at a percent sign or a NUL.
 *
 * @param wanted Called after the first two groups, unless they are zeroes or
 * compressed. If it returns `false`, the rest is not looked at.
 * @returns The index in `text` where the address ends, or -1 if it is none or is
 * not wanted.
 */
function scanIPv6(text: string, wanted?: PrefixTest): number {
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
    let group = i + 4 <= length ? fourDigits(text, i) : -1;
    if (group >= 0) i += 4;
    else {
      const code = text.charCodeAt(i);
      group = HEX_VALUES[code]!;
      if (group < 0) {
        if (gap === count) {
          // An address may end in "::", but not in ":".
          if (endsAddress(code)) break;
          return -1;
        }
        // The second colon of "::".
        if (code !== COLON || gap !== -1) return -1;
        gap = count;
        i++;
        continue;
      }
      // At most two more digits.
      if (++i < length) {
        let digit = HEX_VALUES[text.charCodeAt(i)]!;
        if (digit >= 0) {
          group = group << 4 | digit;
          if (++i < length) {
            digit = HEX_VALUES[text.charCodeAt(i)]!;
            if (digit >= 0) {
              group = group << 4 | digit;
              i++;
            }
          }
        }
      }
    }
    const code = i < length ? text.charCodeAt(i) : 0;
    if (code === COLON) {
      if (count > 6 || ++i === length) return -1;
      groups[count++] = group;
      if (count === 2 && gap === -1 && wanted !== undefined) {
        const word = groups[0]! << 16 | groups[1]!;
        if (word !== 0 && !wanted.mayHold(word)) return -1;
      }
      continue;
    }
    if (code === DOT) {
      i = scanIPv4(text, start);
      if (count > 6 || i === -1) return -1;
      const address = words[3]!;
      groups[count++] = address >>> 16;
      groups[count++] = address & 0xffff;
      break;
    }
    if (count === 8 || !endsAddress(code)) return -1;
    groups[count++] = group;
    break;
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

/** The value of four hexadecimal digits; negative if one of them is no digit. */
function fourDigits(text: string, start: number): number {
  const a = HEX_VALUES[text.charCodeAt(start)]!;
  const b = HEX_VALUES[text.charCodeAt(start + 1)]!;
  const c = HEX_VALUES[text.charCodeAt(start + 2)]!;
  const d = HEX_VALUES[text.charCodeAt(start + 3)]!;
  return (a << 4 | b) << 8 | c << 4 | d;
}

function endsAddress(code: number): boolean {
  return code === PERCENT || code === 0;
}

/** An IP version by its lower-case name. */
export type IPVersion = "ipv4" | "ipv6";

/**
 * Convert an address to integers as the C library would: a NUL ends it, and an
 * IPv6 address may have any zone, which is ignored.
 *
 * @param text The address.
 * @param version How to read it.
 * @param target Receives the address as four 32-bit words in network order, an
 * IPv4 address in its IPv4-mapped form (`::ffff:a.b.c.d`).
 * @param wanted Called with the first 32 bits of most IPv6 addresses. If it
 * returns `false`, the address is not converted.
 * @returns Whether `text` is an address of that version, and wanted.
 */
export function scanAddress(
  text: string,
  version: IPVersion,
  target: Int32Array,
  wanted?: PrefixTest,
): boolean {
  if (version === "ipv6") {
    if (scanIPv6(text, wanted) === -1) return false;
  } else {
    const end = scanIPv4(text, 0);
    if (end === -1) return false;
    if (end < text.length && text.charCodeAt(end) !== 0) return false;
  }
  target[0] = words[0]!;
  target[1] = words[1]!;
  target[2] = words[2]!;
  target[3] = words[3]!;
  return true;
}

/** Whether the rest of `text` is a zone: one or more of `0-9 A-Z a-z - . :`. */
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
  return length > 6 && length < 16 && scanIPv4(text, 0) === length;
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
 * may end in an IPv4 address, and may have a zone (`fe80::1%eth0`). Other values
 * are converted to strings first.
 *
 * @param input The value to test.
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
 * zeroes. Other values are converted to strings first.
 *
 * @param input The value to test.
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
 * Whether `input` is an IPv6 address, with or without a zone. Other values are
 * converted to strings first.
 *
 * @param input The value to test.
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
