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

/**
 * The value of each hexadecimal digit, -1 for other characters. 64 KB for all of
 * them make IPv6 a tenth faster than a table of 128 and a look at each first.
 */
const HEX_VALUES = new Int8Array(1 << 16).fill(-1);
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
 * Read an IPv4 address, `a.b.c.d`, from `start` up to a percent sign, a NUL or
 * the end into {@linkcode words}.
 *
 * @returns Where the address ends, or -1 if there is none: four decimal parts
 * up to 255, no leading zeroes.
 */
export function scanIPv4(text: string, start: number): number {
  const { length } = text;
  let address = 0;
  let code = 0;
  let i = start;
  for (let dots = 0;; dots++) {
    if (i >= length) return -1;
    code = text.charCodeAt(i);
    let part = code - ZERO;
    if (part >>> 0 > 9) return -1;
    // Two digits more at most. A loop would cost a fifth of the rate.
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

/** Says of the first 32 bits of an address whether it is looked for at all. */
export interface PrefixTest {
  /** Whether an address that begins with this word may be of interest. */
  mayHold(word: number): boolean;
}

/**
 * Read an IPv6 address at the start of `text`, up to a zone, a NUL or the end,
 * into {@linkcode words}.
 *
 * @param wanted Asked after two groups, unless they are zeroes or compressed.
 * What it refuses is not read further.
 * @returns Where the address ends, or -1 if there is none, or none wanted.
 */
export function scanIPv6(text: string, wanted?: PrefixTest): number {
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
          // Only "::" may stand before the end.
          if (endsAddress(code)) break;
          return -1;
        }
        // The second colon of "::".
        if (code !== COLON || gap !== -1) return -1;
        gap = count;
        i++;
        continue;
      }
      // Two digits more at most.
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

/** The value of four hexadecimal digits, below 0 if one is no digit. */
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

/** Reads `"ipv4"` or `"ipv6"`. */
export type IPVersion = "ipv4" | "ipv6";

/**
 * Read an address into {@linkcode words} as the C library would: a NUL ends it,
 * and an IPv6 address may have any zone, which is passed over.
 *
 * @param wanted See {@linkcode scanIPv6}.
 * @returns Whether `text` is an address of that version, and wanted.
 */
export function scanAddress(
  text: string,
  version: IPVersion,
  wanted?: PrefixTest,
): boolean {
  if (version === "ipv6") return scanIPv6(text, wanted) !== -1;
  const end = scanIPv4(text, 0);
  if (end === text.length) return true;
  return end !== -1 && text.charCodeAt(end) === 0;
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
