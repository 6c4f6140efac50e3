import type { ChangeTopic } from '#store/changes.ts';

/** What a message `changed` of GET /api/v2/stream names. */
export type { ChangeTopic };
