import { Gauge } from 'prom-client';
import type { BreakerReport } from '#gate/breaker.ts';
import type { Telemetry } from './telemetry.ts';

/** Counts the loads that stand still because something is broken, and logs what could not be done, once. */
export function tellFeeds({
  log,
  registry,
}: Pick<Telemetry, 'log' | 'registry'>): (report: BreakerReport) => void {
  const gauge = new Gauge({
    name: 'assay_breaker_paused_loads',
    help: 'Loads that feed tables by themselves and that Assay has paused, as of the last look',
    registers: [registry],
  });
  let told: ReadonlySet<string> = new Set();
  return ({ paused, faults }) => {
    gauge.set(paused);
    for (const fault of faults) if (!told.has(fault)) log.warn({ fault }, 'a load that feeds a table');
    told = new Set(faults);
  };
}
