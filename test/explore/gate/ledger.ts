/** The ledger's rules in memory: one publication of a place at a time, each token at most once. */
export interface LedgerRow {
  readonly token: string;
  readonly content: string;
  state: 'publishing' | 'published' | 'failed';
  leaseUntil: number;
  /** Order in which rows became published. */
  settled: number;
}

export class Ledger {
  readonly rows = new Map<string, LedgerRow>();
  #settled = 0;

  /** Opens the row; null when another publication is under way, or the token is done. */
  open(token: string, content: string, now: number, lease: number): LedgerRow | null {
    if ([...this.rows.values()].some(({ state }) => state === 'publishing')) return null;
    const before = this.rows.get(token);
    if (before && before.state !== 'failed') return null;
    const row: LedgerRow = { token, content, state: 'publishing', leaseUntil: now + lease, settled: 0 };
    this.rows.set(token, row);
    return row;
  }

  /** That it was published is true of every opening of the token; that it failed of the one that was concluded. */
  settle(opened: LedgerRow, state: 'published' | 'failed'): void {
    const row = this.rows.get(opened.token);
    if (!row || row.state === 'published' || (state === 'failed' && row !== opened)) return;
    if (row.state === 'failed' && state === 'failed') return;
    row.state = state;
    this.#settled += 1;
    row.settled = this.#settled;
  }

  expired(now: number): LedgerRow[] {
    return [...this.rows.values()].filter(
      ({ state, leaseUntil }) => state === 'publishing' && leaseUntil <= now,
    );
  }

  get isOpen(): boolean {
    return [...this.rows.values()].some(({ state }) => state === 'publishing');
  }
}
