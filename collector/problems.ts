/** Every error that the API can answer, with its HTTP status and title (RFC 9457 problem details). */
export const catalogue = {
  not_json: { status: 400, title: 'The body is not JSON' },
  invalid_envelope: { status: 400, title: 'The event lacks what every OpenLineage event must have' },
  too_deep: { status: 400, title: 'The event is nested too deeply' },
  broken_encoding: { status: 400, title: 'The body cannot be decompressed' },
  invalid_request: { status: 400, title: 'The request is not understood' },
  unauthorised: { status: 401, title: 'A valid key is needed' },
  forbidden: { status: 403, title: 'The key does not allow this' },
  not_found: { status: 404, title: 'There is nothing here' },
  partition_not_found: { status: 404, title: 'No such partition' },
  dataset_not_found: { status: 404, title: 'No such dataset' },
  job_not_found: { status: 404, title: 'No such job' },
  run_not_found: { status: 404, title: 'No such run' },
  contract_not_found: { status: 404, title: 'No such contract' },
  incident_not_found: { status: 404, title: 'No such incident' },
  evaluation_not_found: { status: 404, title: 'No such evaluation' },
  publication_not_found: { status: 404, title: 'No such publication' },
  conflict: { status: 409, title: 'This contradicts what is stored' },
  publication_refused: { status: 409, title: 'The target cannot take this candidate' },
  version_moved: { status: 409, title: 'The candidate changed since it was checked' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_encoding: { status: 415, title: 'The body is encoded in an unknown way' },
  invalid_contract: { status: 422, title: 'The contract has faults' },
  unknown_warehouse: { status: 422, title: 'No such warehouse is configured' },
  waiver_invalid: { status: 422, title: 'The waiver is not valid' },
  blocked: { status: 423, title: 'The candidate is held' },
  internal: { status: 500, title: 'Something went wrong here' },
  overloaded: { status: 503, title: 'Too much at once' },
  warehouse_unavailable: { status: 503, title: 'The warehouse does not answer' },
  store_unavailable: { status: 503, title: 'The store does not answer' },
} as const;

export type ProblemKind = keyof typeof catalogue;

/** An expected error with words for the reader. `detail` names the place and the mend. */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly status: number;
  /** Further members of the answer: `errors: [{pointer, detail}]`, `expected`, `actual`. */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(kind: ProblemKind, detail: string, extra: Readonly<Record<string, unknown>> = {}) {
    super(detail);
    this.name = 'Problem';
    this.kind = kind;
    this.status = catalogue[kind].status;
    this.extra = extra;
  }
}

/** The problem+json document of an error. An unexpected error shows nothing of its inside. */
export function problemDocument(error: unknown): Record<string, unknown> & { status: number } {
  const problem =
    error instanceof Problem
      ? error
      : new Problem('internal', 'The error has been logged; trying again later may help.');
  return {
    type: `urn:assay:problem:${problem.kind}`,
    title: catalogue[problem.kind].title,
    status: problem.status,
    detail: problem.message,
    ...problem.extra,
  };
}
