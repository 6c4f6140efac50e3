/** The address of a workflow that posts what it gets ("When a Teams webhook request is received"). */
export interface TeamsSettings {
  /** Who knows it may post: never logged. */
  readonly url: string;
}
