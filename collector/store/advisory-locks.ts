/**
 * The numbers of our advisory locks, in one place: two locks of one number wait for each other without a reason,
 * and in a circle for ever. Any fixed numbers; these are ours.
 */
export const ADVISORY_LOCKS = {
  /** Shared by those who store events; alone while the model is exchanged. */
  ingest: 4100_0001,
  /** One replay at a time. */
  replay: 4100_0002,
  /** Groups of names are changed. */
  aliases: 4100_0003,
  /** One collector plans messages. */
  planning: 4100_0006,
  /** Incidents are changed. */
  incidents: 4100_0007,
  /** One collector folds evidence. */
  folding: 4100_0008,
  /** One collector chains the audit log. */
  audit: 4100_0009,
} as const;
