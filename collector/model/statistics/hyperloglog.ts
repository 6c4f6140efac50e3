import { hash } from 'node:crypto';

/** 2^11 registers: a standard error of 1.04 / sqrt(2048) = 2.3 %, in at most about a kilobyte. */
export const HLL_PRECISION = 11;
export const LEAST_HLL_PRECISION = 4;
export const GREATEST_HLL_PRECISION = 16;

/**
 * Counts different values: HyperLogLog (Flajolet et al. 2007) on 64-bit hashes with the improved raw
 * estimator of O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", 2017, section 4,
 * which needs no tables and has no bias between small and large counts.
 *
 * A value's hash is the first 8 bytes of MD5 of its text in UTF-8, because every warehouse has MD5: a sketch
 * may be made by SQL there and merged with any other. The register is the hash's first `precision` bits, the
 * rank the number of zero bits that follow, plus one. Merging is commutative, associative and idempotent.
 */
export class HyperLogLog {
  readonly precision: number;
  /** The greatest rank of each register; 0 for none. */
  readonly registers: Uint8Array;

  constructor(precision: number = HLL_PRECISION, registers?: Uint8Array) {
    if (!Number.isInteger(precision) || precision < LEAST_HLL_PRECISION || precision > GREATEST_HLL_PRECISION)
      throw new RangeError(
        `${precision} is no precision from ${LEAST_HLL_PRECISION} to ${GREATEST_HLL_PRECISION}`,
      );
    if (registers !== undefined && registers.length !== 2 ** precision)
      throw new RangeError(`${registers.length} registers do not fit the precision ${precision}`);
    this.precision = precision;
    this.registers = registers ?? new Uint8Array(2 ** precision);
  }

  /** Counts a value by its text; how values are written is told in docs/statistics.md. */
  add(text: string): void {
    const digest = hash('md5', text, 'buffer');
    this.addHash(digest.readUInt32BE(0), digest.readUInt32BE(4));
  }

  /** Counts a hash of 64 bits, in two halves. */
  addHash(high: number, low: number): void {
    const index = high >>> (32 - this.precision);
    const rest = (high << this.precision) >>> 0;
    const zeros = rest === 0 ? 32 - this.precision + Math.clz32(low) : Math.clz32(rest);
    this.raise(index, zeros + 1);
  }

  /** States that a register has seen this rank: how a sketch comes from SQL. */
  raise(index: number, rank: number): void {
    if (!(index >= 0 && index < this.registers.length && rank >= 0 && rank <= 65 - this.precision))
      throw new RangeError(`register ${index} cannot hold ${rank} at precision ${this.precision}`);
    if (rank > (this.registers[index] as number)) this.registers[index] = rank;
  }

  /** About how many different values were counted. */
  estimate(): number {
    const q = 64 - this.precision;
    const m = this.registers.length;
    const counts = new Float64Array(q + 2);
    for (const rank of this.registers) counts[rank] = (counts[rank] as number) + 1;
    let z = m * tau(1 - (counts[q + 1] as number) / m);
    for (let rank = q; rank >= 1; rank -= 1) z = 0.5 * (z + (counts[rank] as number));
    z += m * sigma((counts[0] as number) / m);
    return (m * m) / (2 * Math.LN2 * z);
  }
}

/** One sketch of the values of all; of different precisions the coarsest counts. Null of none. */
export function mergeHyperLogLogs(sketches: readonly HyperLogLog[]): HyperLogLog | null {
  if (sketches.length === 0) return null;
  const merged = new HyperLogLog(Math.min(...sketches.map(({ precision }) => precision)));
  const { registers } = merged;
  for (const sketch of sketches) {
    const same = coarser(sketch, merged.precision).registers;
    for (let index = 0; index < registers.length; index += 1) {
      const rank = same[index] as number;
      if (rank > (registers[index] as number)) registers[index] = rank;
    }
  }
  return merged;
}

/** The sketch that the same values would have made at a lower precision. */
function coarser(sketch: HyperLogLog, precision: number): HyperLogLog {
  const dropped = sketch.precision - precision;
  if (dropped === 0) return sketch;
  const folded = new HyperLogLog(precision);
  sketch.registers.forEach((rank, index) => {
    if (rank === 0) return;
    // Bits that told the register now belong to what zeros are counted in.
    const bits = index & (2 ** dropped - 1);
    folded.raise(index >>> dropped, bits === 0 ? dropped + rank : Math.clz32(bits) - (32 - dropped) + 1);
  });
  return folded;
}

/** Ertl 2017, algorithm 6 (σ): registers that are still empty. */
function sigma(share: number): number {
  if (share === 1) return Infinity;
  let x = share;
  let y = 1;
  let z = share;
  for (let before = Number.NaN; z !== before;) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

/** Ertl 2017, algorithm 6 (τ): registers that are full. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let y = 1;
  let z = 1 - share;
  for (let before = Number.NaN; z !== before;) {
    x = Math.sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}
