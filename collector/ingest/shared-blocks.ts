/** Where some bytes lie in memory that two threads see. */
export interface SharedPlace {
  /** Number of the block. */
  readonly block: number;
  readonly start: number;
  readonly length: number;
}

interface Block {
  readonly bytes: Uint8Array;
  filled: number;
  /** Places in it that are in use. */
  used: number;
}

const MEGABYTE = 1024 * 1024;
/** Blocks kept for later use. */
const SPARE = 8;

/**
 * Memory for what one thread hands another: bytes are put into blocks, one after another, and a block is used
 * anew once all in it was given back. Memory made for each message instead would have both threads' garbage
 * collectors run through their whole heaps every second, because V8 counts it as theirs.
 */
export class SharedBlocks {
  readonly #blocks = new Map<number, Block>();
  readonly #tell: (block: number, memory: SharedArrayBuffer | null) => void;
  readonly #size: number;
  #spare: number[] = [];
  #current: number | null = null;
  #next = 0;

  /**
   * @param tell the other thread is told of a new block before anything lies in it, and with null of one that is no more.
   * @param size of a block; a longer piece gets one of its own.
   */
  constructor(tell: (block: number, memory: SharedArrayBuffer | null) => void, size = MEGABYTE) {
    this.#tell = tell;
    this.#size = size;
  }

  /** Bytes of all blocks. */
  get size(): number {
    return [...this.#blocks.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** Puts a copy there. The place is to be given back. */
  put(bytes: Uint8Array): SharedPlace {
    const { length } = bytes;
    const number = length > this.#size ? this.#make(length) : this.#room(length);
    const block = this.#blocks.get(number) as Block;
    const start = block.filled;
    block.bytes.set(bytes, start);
    block.filled += length;
    block.used += 1;
    return { block: number, start, length };
  }

  /** The bytes of a place are not read any more. */
  giveBack({ block: number }: SharedPlace): void {
    const block = this.#blocks.get(number);
    if (!block) return;
    block.used -= 1;
    if (block.used > 0) return;
    block.filled = 0;
    if (number !== this.#current) this.#setAside(number, block);
  }

  #room(length: number): number {
    const current = this.#current === null ? undefined : this.#blocks.get(this.#current);
    if (this.#current !== null && current && current.filled + length <= this.#size) return this.#current;
    // The full one comes back by itself, when the last in it is given back.
    return (this.#current = this.#spare.pop() ?? this.#make(this.#size));
  }

  #make(length: number): number {
    const memory = new SharedArrayBuffer(length);
    const number = this.#next;
    this.#next += 1;
    this.#blocks.set(number, { bytes: new Uint8Array(memory), filled: 0, used: 0 });
    this.#tell(number, memory);
    return number;
  }

  #setAside(number: number, { bytes }: Block): void {
    if (bytes.length === this.#size && this.#spare.length < SPARE) {
      this.#spare.push(number);
      return;
    }
    this.#blocks.delete(number);
    this.#tell(number, null);
  }
}
