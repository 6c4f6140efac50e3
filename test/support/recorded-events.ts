import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SHARED } from './shared-data.ts';

const DIRECTORY = join(SHARED, 'openlineage/events');

export interface RecordedEvent {
  /** Path below the corpus: `airflow/line_01.json`. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** The official recorded events (Airflow, Spark), as they were sent; tests of them skip by noShared(). */
export function recordedEvents(): RecordedEvent[] {
  const files = (readdirSync(DIRECTORY, { recursive: true }) as string[])
    .filter((name) => name.endsWith('.json'))
    .sort();
  return files
    .filter((name) => statSync(join(DIRECTORY, name)).isFile())
    .map((name) => ({ name, bytes: readFileSync(join(DIRECTORY, name)) }));
}
