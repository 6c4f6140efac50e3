import { CLOSE_BRACE, CLOSE_BRACKET, COLON, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './json-bytes.ts';
import { JsonSlice } from './json-slice.ts';
import { ENDS_PLAIN, noticed, skipSpace, skipString, skipValue, skipWord, UNUSUAL } from './json-skip.ts';
import { KnownTexts } from './known-texts.ts';
import type { Recurrence } from './passage.ts';
import type { FoundFacet, RecurringContents, RecurringFacets } from './recurring-slices.ts';

const keys = new KnownTexts(10);
const texts = new KnownTexts(16);
/** Longer texts hardly recur, and would make the cache large. */
const LONGEST_KNOWN = 400;

/**
 * A cursor over a JSON text (RFC 8259) that builds only what is asked for, as strict as JSON.parse: what it
 * accepts, JSON.parse accepts. It throws `Unusual` for the rest, some of which may be fine. The bytes must
 * be UTF-8. Only one scan may be under way at a time (see `noticed`).
 *
 * An object is read by `for (let more = scanner.enterObject(); more; more = scanner.nextMember())`: each
 * round takes `key()` and must consume one value. Arrays the same way.
 */
export class JsonScanner {
  readonly #bytes: Buffer;
  #at = 0;
  #hash = 0;
  #ascii = true;
  /** Passages, in the order of their places. */
  readonly recurrences: Recurrence[] = [];

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    noticed.space = false;
  }

  /** White space stood between tokens so far. */
  get spaced(): boolean {
    return noticed.space;
  }

  /** Ends the scan: nothing may follow. */
  end(): void {
    if (skipSpace(this.#bytes, this.#at) !== this.#bytes.length) throw UNUSUAL;
  }

  /** Begins an object; false when it is empty (and then it is over). */
  enterObject(): boolean {
    return this.#enter(OPEN_BRACE, CLOSE_BRACE);
  }

  /** Begins an array; false when it is empty (and then it is over). */
  enterArray(): boolean {
    return this.#enter(OPEN_BRACKET, CLOSE_BRACKET);
  }

  /** After a member's value: true when another member follows, false when the object is over. */
  nextMember(): boolean {
    return this.#next(CLOSE_BRACE);
  }

  /** After an element: true when another follows, false when the array is over. */
  nextElement(): boolean {
    return this.#next(CLOSE_BRACKET);
  }

  /** The key of a member. Keys with escapes are left to JSON.parse: two spellings of one key need no thought. */
  key(): string {
    const bytes = this.#bytes;
    const start = this.#space() + 1;
    const at = this.#plain(start);
    if (bytes[at] !== QUOTE) throw UNUSUAL;
    const key = keys.text(bytes, start, at, this.#hash, this.#ascii);
    if (key === '__proto__') throw UNUSUAL;
    this.#at = at + 1;
    if (bytes[this.#space()] !== COLON) throw UNUSUAL;
    this.#at += 1;
    return key;
  }

  /** A string that is not empty. */
  text(): string {
    const bytes = this.#bytes;
    const start = this.#space() + 1;
    const at = this.#plain(start);
    if (at === start && bytes[at] === QUOTE) throw UNUSUAL;
    if (bytes[at] === QUOTE) {
      this.#at = at + 1;
      return at - start > LONGEST_KNOWN
        ? bytes.toString('utf8', start, at)
        : texts.text(bytes, start, at, this.#hash, this.#ascii);
    }
    this.#at = skipString(bytes, start - 1);
    return JSON.parse(bytes.toString('utf8', start - 1, this.#at)) as string;
  }

  /** Consumes `null` when it is next. */
  isNull(): boolean {
    if (this.#bytes[this.#space()] !== 0x6e) return false;
    this.#at = skipWord(this.#bytes, this.#at, 'null');
    return true;
  }

  /** Consumes the value of the member `key` and gives its place; it may well have stood elsewhere before. */
  knownSlice(key: string, contents: RecurringContents): JsonSlice {
    const bytes = this.#bytes;
    const start = this.#space();
    const known = contents.find(key, bytes, start);
    if (known) {
      this.#at = start + known.bytes.length;
      return new JsonSlice(bytes, start, this.#at, known);
    }
    const spacedBefore = noticed.space;
    noticed.space = false;
    this.#at = skipValue(bytes, start, 0);
    const content = contents.of(bytes, start, this.#at);
    // What has white space inside is not found without a scan: that must go on noticing it.
    if (content && !noticed.space) contents.expect(key, content);
    noticed.space ||= spacedBefore;
    return new JsonSlice(bytes, start, this.#at, content);
  }

  /**
   * Consumes an object of facets that may well be those of last time.
   * @param last what is remembered of their owner.
   */
  recurringFacets(last: RecurringFacets): Readonly<Record<string, JsonSlice>> {
    const bytes = this.#bytes;
    const start = this.#space();
    const known = last.find(bytes, start);
    if (known) {
      const { passage } = known;
      this.recurrences.push({ start, passage });
      this.#at = start + passage.text.length;
      return known.facets;
    }
    const spacedBefore = noticed.space;
    noticed.space = false;
    const found: FoundFacet[] = [];
    for (let more = this.enterObject(); more; more = this.nextMember()) {
      const key = this.key();
      const from = this.#space();
      const same = last.findFacet(key, bytes, from);
      this.#at = same ? from + same.length : skipValue(bytes, from, 0);
      found.push({ key, start: from, end: this.#at, remembered: same?.remembered ?? null });
    }
    // What has white space inside is not remembered: the scan must go on noticing it.
    const remembered = noticed.space ? null : last.remember(bytes, start, this.#at, found);
    noticed.space ||= spacedBefore;
    if (remembered) {
      this.recurrences.push({ start, passage: remembered.passage });
      return remembered.facets;
    }
    const facets: Record<string, JsonSlice> = {};
    for (const facet of found)
      facets[facet.key] = new JsonSlice(bytes, facet.start, facet.end, facet.remembered);
    return facets;
  }

  /** Consumes any value. */
  skip(): void {
    this.#at = skipValue(this.#bytes, this.#at, 0);
  }

  /** The end of the plain part of the string whose quote stands before `at`; notes its hash and whether it is ASCII. */
  #plain(at: number): number {
    const bytes = this.#bytes;
    if (bytes[at - 1] !== QUOTE) throw UNUSUAL;
    let hash = 0;
    let all = 0;
    for (;;) {
      const byte = bytes[at] as number;
      if (ENDS_PLAIN[byte] !== 0) break;
      hash = (Math.imul(hash, 31) + byte) | 0;
      all |= byte;
      at += 1;
    }
    this.#hash = hash;
    this.#ascii = all < 0x80;
    return at;
  }

  #enter(open: number, close: number): boolean {
    if (this.#bytes[this.#space()] !== open) throw UNUSUAL;
    this.#at += 1;
    if (this.#bytes[this.#space()] !== close) return true;
    this.#at += 1;
    return false;
  }

  #next(close: number): boolean {
    const byte = this.#bytes[this.#space()];
    this.#at += 1;
    if (byte === COMMA) return true;
    if (byte !== close) throw UNUSUAL;
    return false;
  }

  /** Passes white space; the place now. */
  #space(): number {
    if ((this.#bytes[this.#at] as number) <= 0x20) this.#at = skipSpace(this.#bytes, this.#at);
    return this.#at;
  }
}
