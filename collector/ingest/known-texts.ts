/**
 * Strings by their bytes: names, namespaces and keys come again and again, and one instance of each saves
 * decoding, hashing (a string keeps its hash for maps) and garbage. A direct-mapped cache: bounded by
 * construction, a newcomer takes the place of whoever held it. Texts beyond ASCII are left out.
 */
export class KnownTexts {
  readonly #texts: (string | undefined)[];
  readonly #mask: number;

  /** @param bits the cache has 2^bits places. */
  constructor(bits: number) {
    this.#texts = Array.from({ length: 2 ** bits });
    this.#mask = 2 ** bits - 1;
  }

  /**
   * The text of bytes[start, end), which must be UTF-8.
   * @param hash of exactly these bytes (any function of them).
   * @param ascii no byte is above 0x7f.
   */
  text(bytes: Buffer, start: number, end: number, hash: number, ascii: boolean): string {
    if (!ascii) return bytes.toString('utf8', start, end);
    const place = (hash ^ (hash >>> 15)) & this.#mask;
    const known = this.#texts[place];
    if (known !== undefined && known.length === end - start) {
      let index = 0;
      while (index < known.length && known.charCodeAt(index) === bytes[start + index]) index += 1;
      if (index === known.length) return known;
    }
    const text = bytes.toString('latin1', start, end);
    this.#texts[place] = text;
    return text;
  }
}
