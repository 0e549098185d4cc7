/**
 * The data that is moved, and checks that it arrived. The checks are cheap, so
 * that they do not hide the differences, and do not depend on how the bytes are
 * split into chunks.
 *
 * @module
 */

/**
 * Distance between the bytes that are hashed. It is prime, so that they come
 * from every position of a chunk.
 */
const STRIDE = 251;
/** Distance between the code units that are hashed. */
const TEXT_STRIDE = 61;
/** Chunks that differ from each other. */
const CHUNKS = 16;
/**
 * Distance between the starts of two chunks in the memory that all of them
 * share.
 */
const SHIFT = 257;

const hashed = (hash: number, value: number) =>
  Math.imul(hash ^ value, 0x01000193);

/** Counts the bytes of a stream, and hashes some of them. */
export class ByteCheck {
  count = 0;
  hash = 0;
  #next = 0;

  /** Takes the next bytes of the stream. */
  readonly add = (chunk: Uint8Array): void => {
    let at = this.#next - this.count;
    while (at < chunk.length) {
      this.hash = hashed(this.hash, chunk[at]!);
      at += STRIDE;
    }
    this.#next = this.count + at;
    this.count += chunk.length;
  };
}

/** Counts the code units of a text, and hashes some of them. */
export class TextCheck {
  count = 0;
  hash = 0;
  #next = 0;

  /** Takes the next piece of the text. */
  readonly add = (text: string): void => {
    let at = this.#next - this.count;
    while (at < text.length) {
      this.hash = hashed(this.hash, text.charCodeAt(at));
      at += TEXT_STRIDE;
    }
    this.#next = this.count + at;
    this.count += text.length;
  };
}

/** Throws unless what arrived is what was sent. */
export function assertSame(
  got: ByteCheck | TextCheck,
  sent: ByteCheck | TextCheck,
): void {
  if (got.count === sent.count && got.hash === sent.hash) return;
  throw new Error(
    `received ${got.count} with hash ${got.hash}, ` +
      `not ${sent.count} with hash ${sent.hash}`,
  );
}

/** Chunks of one size that differ, in memory that fits into a cache. */
export function makeChunks(size: number): Uint8Array[] {
  const memory = new Uint8Array(size + CHUNKS * SHIFT);
  let word = 1;
  for (let i = 0; i < memory.length; i++) {
    word = Math.imul(word, 1664525) + 1013904223;
    memory[i] = word >>> 24;
  }
  return Array.from(
    { length: CHUNKS },
    (_, i) => memory.subarray(i * SHIFT, i * SHIFT + size),
  );
}

const WORDS = [
  ...["net", "socket", "données", "пакет", "listener", "数据", "half-open"],
  ...["größe", "RST", "🛰️", "backlog", "naïve", "queue", "соединение"],
];

/** Lines of about 80 characters, some of them of several bytes. */
export function makeLines(): string[] {
  return Array.from({ length: CHUNKS }, (_, i) => {
    let line = `${i}`;
    for (let word = i; line.length < 80; word += 1 + i % 3) {
      line += ` ${WORDS[word % WORDS.length]}`;
    }
    return `${line}\n`;
  });
}

/**
 * The check of a stream of `count` chunks.
 *
 * @param check An unused one.
 */
export function expected<Check extends { add(chunk: Chunk): void }, Chunk>(
  check: Check,
  chunks: readonly Chunk[],
  count: number,
): Check {
  for (let i = 0; i < count; i++) check.add(chunks[i % chunks.length]!);
  return check;
}

/** The bytes of messages of each size, made before anything is measured. */
const patterns: Map<number, readonly Uint8Array[]> = new Map();

function pattern(size: number, index: number): Uint8Array {
  let chunks = patterns.get(size);
  if (!chunks) patterns.set(size, chunks = makeChunks(size));
  return chunks[index % CHUNKS]!;
}

/**
 * The messages of one connection, each sent when the reply to the previous one
 * has arrived. They are numbered, and every byte of a reply is compared.
 */
export class Exchange {
  readonly message: Uint8Array;
  #left: number;
  #received = 0;

  /** @param times Number of messages. */
  constructor(size: number, times: number) {
    this.message = pattern(size, times).slice();
    this.#left = times;
    this.#number();
  }

  #number(): void {
    const { message } = this;
    message[0] = this.#left;
    message[1] = this.#left >>> 8;
    message[2] = this.#left >>> 16;
  }

  /** Whether all replies have arrived. */
  get done(): boolean {
    return this.#left === 0;
  }

  /**
   * Takes some bytes of a reply.
   *
   * @returns Whether the reply is complete: send the message now, unless
   * this is done.
   */
  accept(chunk: Uint8Array): boolean {
    const { message } = this;
    let received = this.#received;
    for (let i = 0; i < chunk.length; i++) {
      if (chunk[i] !== message[received++]) throw new Error("a wrong reply");
    }
    if (received < message.length) {
      this.#received = received;
      return false;
    }
    this.#received = 0;
    this.#left--;
    this.#number();
    return true;
  }
}
