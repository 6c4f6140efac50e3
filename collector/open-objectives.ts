import { Counter, Gauge } from 'prom-client';
import type { Calendar } from '#model/detection.ts';
import type { Database } from '#store/database.ts';
import { countObjectives } from '#store/objectives.ts';
import { Objectives } from './objectives/objectives.ts';
import type { Telemetry } from './telemetry.ts';

const STATES = ['waiting', 'met', 'at_risk', 'missed', 'cannot_tell'] as const;

export interface ObjectiveServices {
  readonly database: Database;
  readonly now: () => Date;
  readonly calendar: Calendar;
  readonly telemetry: Pick<Telemetry, 'log' | 'registry'>;
  /** Promises are broken or in danger: what follows from it may be looked at. */
  readonly onBroken: () => void;
}

/** Composes what looks after promises in time, with its metrics; it begins with `start`. */
export function openObjectives({ telemetry, onBroken, ...services }: ObjectiveServices): Objectives {
  const { log, registry } = telemetry;
  const registers = [registry];
  const looks = new Counter({
    name: 'assay_objectives_looks_total',
    help: 'Looks at objectives, at deadlines, before them and when data landed',
    registers,
  });
  const seconds = new Counter({
    name: 'assay_objectives_look_seconds_total',
    help: 'Time that looks at objectives took',
    registers,
  });
  const missed = new Gauge({
    name: 'assay_objectives_missed',
    help: 'Objectives that are missed now',
    registers,
  });
  void new Gauge({
    name: 'assay_objectives',
    help: 'Objectives by state: waiting, met, at_risk, missed, cannot_tell',
    labelNames: ['state'],
    registers,
    async collect() {
      try {
        const rows = await services.database.rows<{ state: string; count: number }>(countObjectives());
        for (const state of STATES) this.set({ state }, rows.find((row) => row.state === state)?.count ?? 0);
        missed.set(rows.find((row) => row.state === 'missed')?.count ?? 0);
      } catch {
        // The store is away. What the process knows of itself is told all the same.
      }
    },
  });
  return new Objectives({
    ...services,
    onLook: (look) => {
      looks.inc(look.looked);
      seconds.inc(look.seconds);
      if (look.changed > 0) onBroken();
    },
    onError: (error) => log.error({ err: error }, 'objectives could not be looked at; it is tried again'),
  });
}
