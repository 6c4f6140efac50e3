/** Addresses of pages besides `/`, all of one document; a deep link is opened like the first page. */
export const PAGE_PATHS = [
  '/incidents/:id',
  '/search',
  '/datasets/:id',
  '/lineage/:id',
  '/jobs/:id',
  '/runs',
  '/runs/:id',
  '/publications',
  '/publications/:id',
  '/contracts',
  '/contracts/:dataset',
  '/objectives',
  '/quarantine',
  '/quarantine/:id',
  '/routes',
  '/settings',
] as const;
