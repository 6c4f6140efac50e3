import { TRIGRAM_MEND } from '#api/service-status.ts';
import type { Database } from '#store/database.ts';
import { hasTrigrams } from '#store/search-index.ts';
import { SearchIndex } from './search/search-index.ts';
import type { Telemetry } from './telemetry.ts';

export interface SearchServices {
  readonly database: Database;
  readonly now: () => Date;
  /** Whether events come in, which go first. */
  readonly busy: () => boolean;
  readonly telemetry: Pick<Telemetry, 'log'>;
}

/** Composes what keeps the search index up to date; it begins with `start`. Says so when the store cannot help with typing errors. */
export async function openSearch({ telemetry: { log }, ...services }: SearchServices): Promise<SearchIndex> {
  const [trigrams] = await services.database.rows<{ present: boolean }>(hasTrigrams());
  if (!trigrams?.present)
    log.warn(
      `search finds words only as they begin, not mistyped ones or parts: the database has no pg_trgm that Assay may use. Have an administrator run "${TRIGRAM_MEND}" there; it is used from then on.`,
    );
  return new SearchIndex({
    ...services,
    onError: (err) =>
      log.error({ err }, 'the search index could not be brought up to date; it is tried again'),
  });
}
