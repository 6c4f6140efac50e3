import { StarRocksError, type Row, type Session } from '#adapters/starrocks/session.ts';
import type { FrontEnd, OpenLoad } from '#test/support/starrocks/front-end.ts';

/** A statement (or a write to the ledger) between being sent and being answered. */
interface Flight {
  readonly id: number;
  readonly owner: string;
  readonly text: string;
  readonly run: () => { readonly load: OpenLoad } | { readonly result: unknown };
  phase: 'sent' | 'running' | 'answered';
  load: OpenLoad | null;
  answer: { readonly result: unknown } | { readonly error: Error } | null;
  /** Nobody waits for it any more: it may still run. */
  orphan: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** What may happen next. */
export interface Action {
  readonly name: string;
  readonly fault: boolean;
  readonly weight: number;
  readonly take: () => void;
}

/** Everything that is under way between the gates and what they talk to; the explorer decides what happens when. */
export class Flights {
  readonly #frontEnd: FrontEnd;
  #flights: Flight[] = [];
  #last = 0;
  readonly #crashed = new Set<string>();

  constructor(frontEnd: FrontEnd) {
    this.#frontEnd = frontEnd;
  }

  session(owner: string): Session {
    return {
      query: (sql) =>
        this.#send(owner, sql, () => {
          const begun = this.#frontEnd.begin(sql);
          return 'load' in begun ? begun : { result: begun.rows };
        }) as Promise<readonly Row[]>,
    };
  }

  /** A step of the ledger: atomic, never lost, but the process may end before or after it. */
  ledger<T>(owner: string, name: string, step: () => T): Promise<T> {
    return this.#send(owner, `ledger ${name}`, () => ({ result: step() })) as Promise<T>;
  }

  crash(owner: string): void {
    this.#crashed.add(owner);
    for (const flight of this.#flights) if (flight.owner === owner) flight.orphan = true;
    this.#flights = this.#flights.filter((flight) => flight.phase !== 'answered' || !flight.orphan);
    // What was never handed to the database has not happened.
    this.#flights = this.#flights.filter((flight) => !(flight.orphan && flight.text.startsWith('ledger')));
  }

  get waiting(): boolean {
    return this.#flights.some(({ orphan }) => !orphan);
  }

  get empty(): boolean {
    return this.#flights.length === 0;
  }

  /** Ends with the leader: what was running is undone, and its clients hear nothing. */
  restart(): void {
    this.#frontEnd.restart();
    for (const flight of this.#flights.filter(({ phase, load }) => phase === 'running' && load !== null))
      this.#lose(flight, true);
  }

  describe(): string {
    return this.#flights
      .map(({ owner, text, phase, orphan }) => `${orphan ? '~' : ''}${owner}${phase[0] ?? ''}${text}`)
      .join('|');
  }

  actions(): Action[] {
    return this.#flights.flatMap((flight) => this.#actionsOf(flight));
  }

  #actionsOf(flight: Flight): Action[] {
    const { owner, text, phase } = flight;
    const name = `${flight.orphan ? 'late ' : ''}${owner}: ${text}`;
    const weight = flight.orphan ? 0.15 : 3;
    const isLedger = text.startsWith('ledger');
    // Most statements only read; what is lost of the others is what matters.
    const care = text.startsWith('SELECT') ? 0.3 : 3;
    if (phase === 'sent') {
      const step = { name: `run ${name}`, fault: false, weight, take: () => this.#begin(flight) };
      if (flight.orphan)
        return [step, { name: `drop ${name}`, fault: false, weight: 0.05, take: () => this.#remove(flight) }];
      return isLedger
        ? [step]
        : [
            step,
            { name: `lose before ${name}`, fault: true, weight: care, take: () => this.#lose(flight, false) },
          ];
    }
    if (phase === 'running')
      return [
        { name: `commit ${name}`, fault: false, weight, take: () => this.#commit(flight) },
        ...(flight.orphan
          ? []
          : [
              {
                name: `lose during ${name}`,
                fault: true,
                weight: care,
                take: () => this.#lose(flight, false),
              },
            ]),
      ];
    return [
      { name: `answer ${name}`, fault: false, weight, take: () => this.#deliver(flight) },
      ...(isLedger
        ? []
        : [
            {
              name: `lose answer of ${name}`,
              fault: true,
              weight: 2 * care,
              take: () => this.#lose(flight, true),
            },
          ]),
    ];
  }

  #send(owner: string, text: string, run: Flight['run']): Promise<unknown> {
    return new Promise((resolve, reject) => {
      // A process that has ended sends nothing more, and hears nothing.
      if (this.#crashed.has(owner)) return;
      this.#last += 1;
      this.#flights.push({
        id: this.#last,
        owner,
        text,
        run,
        phase: 'sent',
        load: null,
        answer: null,
        orphan: false,
        resolve,
        reject,
      });
    });
  }

  #begin(flight: Flight): void {
    try {
      const begun = flight.run();
      if ('load' in begun) {
        flight.load = begun.load;
        flight.phase = 'running';
        return;
      }
      flight.answer = begun;
    } catch (error) {
      flight.answer = { error: error as Error };
    }
    this.#answered(flight);
  }

  #commit(flight: Flight): void {
    try {
      flight.answer = { result: flight.load?.commit() };
    } catch (error) {
      flight.answer = { error: error as Error };
    }
    this.#answered(flight);
  }

  #answered(flight: Flight): void {
    flight.phase = 'answered';
    if (flight.orphan) this.#remove(flight);
  }

  #deliver(flight: Flight): void {
    this.#remove(flight);
    if (flight.answer && 'error' in flight.answer) flight.reject(flight.answer.error);
    else flight.resolve(flight.answer?.result);
  }

  /** The client hears that the connection is gone. @param gone nothing of it is left either. */
  #lose(flight: Flight, gone: boolean): void {
    if (gone) this.#remove(flight);
    else flight.orphan = true;
    flight.reject(new StarRocksError('lost', 'Connection lost: The server closed the connection.'));
  }

  #remove(flight: Flight): void {
    this.#flights = this.#flights.filter((other) => other !== flight);
  }
}
