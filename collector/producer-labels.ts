import type { Database } from '#store/database.ts';
import { busiestProducers, countOpenQuarantined } from '#store/quarantine.ts';
import type { Metrics } from './telemetry.ts';

/** Producers that metrics name; a sender that makes up producers must not make up time series. */
const NAMED = 20;
const LONGEST = 200;

/** Gives producers their label: the first ones by name, all others as `other`. */
export class ProducerLabels {
  readonly #named = new Set<string>();

  /** Names the producers with the most quarantined events so far. */
  async load(database: Database): Promise<void> {
    const rows = await database.rows<{ producer: string }>(busiestProducers(NAMED));
    for (const { producer } of rows) this.labelOf(producer);
  }

  /** `none` when the event did not say who made it. */
  labelOf(producer: string | null): string {
    if (producer === null || producer === '') return 'none';
    const label = producer.slice(0, LONGEST);
    if (this.#named.size < NAMED) this.#named.add(label);
    return this.#named.has(label) ? label : 'other';
  }
}

/** Brings the gauge of open entries up to date. */
export async function countOpenEntries(database: Database, metrics: Metrics): Promise<void> {
  const rows = await database.rows<{ producer: string; entries: number }>(countOpenQuarantined(NAMED));
  metrics.quarantineOpen.reset();
  for (const { producer, entries } of rows)
    metrics.quarantineOpen.inc({ producer: producer.slice(0, LONGEST) }, entries);
  if (rows.length === 0) metrics.quarantineOpen.set({ producer: 'none' }, 0);
}
