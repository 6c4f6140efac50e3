import { Counter, Histogram, type Registry } from 'prom-client';

/**
 * Observations counted in plain numbers: prom-client hashes labels and copies objects at each of them, which
 * costs more than the rest of a request's answer. The metric reads the numbers when it is scraped.
 */
export class Tally {
  readonly bounds: readonly number[];
  /** How many fell up to each bound and above the one before; the last: above them all. */
  readonly counts: number[];
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    const { bounds, counts } = this;
    let index = 0;
    while (index < bounds.length && value > (bounds[index] as number)) index += 1;
    counts[index] = (counts[index] as number) + 1;
    this.sum += value;
  }
}

export type Labels = Readonly<Record<string, string>>;

interface Described {
  readonly name: string;
  readonly help: string;
  readonly registry: Registry;
}

/** A value as prom-client's registry writes it. */
interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly sharedLabels: Labels;
  readonly value: number;
}

/** A Prometheus histogram whose numbers are kept in tallies, one for each set of labels. */
export class TallyHistogram extends Histogram {
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #tallies: { readonly labels: Labels; readonly tally: Tally }[] = [];

  constructor({ name, help, bounds, registry }: Described & { readonly bounds: readonly number[] }) {
    super({ name, help, buckets: [...bounds], registers: [registry] });
    this.#name = name;
    this.#help = help;
    this.#bounds = bounds;
  }

  /** A new tally under these labels, kept by the one who observes. Each set of labels has one tally. */
  tally(labels: Labels = {}): Tally {
    const tally = new Tally(this.#bounds);
    this.#tallies.push({ labels, tally });
    return tally;
  }

  /** What prom-client asks when a registry is read. */
  async getForPromString(): Promise<object> {
    const values = this.#tallies.flatMap(({ labels, tally }) => samplesOf(this.#name, labels, tally));
    return { name: this.#name, help: this.#help, type: 'histogram', aggregator: 'sum', values };
  }
}

function samplesOf(name: string, sharedLabels: Labels, { bounds, counts, sum }: Tally): Sample[] {
  let upTo = 0;
  const buckets = counts.map((count, index): Sample => {
    upTo += count;
    return {
      metricName: `${name}_bucket`,
      labels: { le: bounds[index] ?? '+Inf' },
      sharedLabels,
      value: upTo,
    };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: {}, sharedLabels, value: sum },
    { metricName: `${name}_count`, labels: {}, sharedLabels, value: upTo },
  ];
}

/** A Prometheus counter with one label, whose numbers are the members of the object that it answers. */
export function plainCounter<T extends string>(
  { name, help, registry }: Described,
  label: string,
  counts: Record<T, number>,
): Record<T, number> {
  void new Counter({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const [value, count] of Object.entries<number>(counts))
        if (count > 0) this.inc({ [label]: value }, count);
    },
  });
  return counts;
}
