/** A row of the ledger as it was opened; one that is opened again is another. */
export interface LedgerRow {
  readonly token: string;
  readonly kind: 'publish' | 'rollback';
  /** What gold shows when it has taken effect. */
  readonly content: string;
  /** Where that was checked; of a publication. */
  readonly candidate: { readonly ref: string; readonly version: string } | null;
  state: 'publishing' | 'published' | 'replaced' | 'rolled_back' | 'failed';
  leaseUntil: number;
  /** Whether gold came to show the content while it was open. */
  shown: boolean;
  /** Order in which rows became published. */
  settled: number;
}

/** The ledger's rules in memory: one publication or rollback of a place at a time, each token at most once. */
export class Ledger {
  readonly rows = new Map<string, LedgerRow>();
  /** Every opening, also of rows that were opened again. */
  readonly openings: LedgerRow[] = [];
  #settled = 0;

  /** Opens the row; null when another publication is under way, or the token is done. */
  open(
    { token, kind, content, candidate }: Pick<LedgerRow, 'token' | 'kind' | 'content' | 'candidate'>,
    now: number,
    lease: number,
  ): LedgerRow | null {
    if (this.isOpen) return null;
    const before = this.rows.get(token);
    if (before && before.state !== 'failed') return null;
    const row: LedgerRow = {
      token,
      kind,
      content,
      candidate,
      state: 'publishing',
      leaseUntil: now + lease,
      shown: false,
      settled: 0,
    };
    this.rows.set(token, row);
    this.openings.push(row);
    return row;
  }

  /** That it was published is true of every opening of the token; that it failed of the one that was concluded. */
  settle(opened: LedgerRow, state: 'published' | 'failed'): void {
    const row = this.rows.get(opened.token);
    if (!row || (row.state !== 'publishing' && row.state !== 'failed')) return;
    if (state === 'failed' && (row !== opened || row.state === 'failed')) return;
    row.state = state;
    this.#settled += 1;
    row.settled = this.#settled;
    if (state === 'failed') return;
    for (const other of this.rows.values())
      if (other !== row && other.state === 'published')
        other.state = row.kind === 'rollback' ? 'rolled_back' : 'replaced';
  }

  /** Rows whose end is not written. */
  get underWay(): LedgerRow[] {
    return [...this.rows.values()].filter(({ state }) => state === 'publishing');
  }

  get isOpen(): boolean {
    return this.underWay.length > 0;
  }

  /** What is served; null when that is not known, or nothing was published. */
  current(): LedgerRow | null {
    return [...this.rows.values()].find(({ state }) => state === 'published') ?? null;
  }

  /** The publication that a rollback undoes, and the one before it. */
  lastPublications(): LedgerRow[] {
    return [...this.rows.values()]
      .filter(({ kind, state }) => kind === 'publish' && (state === 'published' || state === 'replaced'))
      .toSorted((a, b) => b.settled - a.settled)
      .slice(0, 2);
  }
}
