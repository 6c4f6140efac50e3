import type { Backtest, BacktestCheck } from './backtest.ts';

/** What it comes to, a sentence a line; metrics and checks that would have said nothing share one. */
export function summaryOf({ partitions, metrics, checks, paged, simpleFired }: Backtest): string[] {
  const loud = metrics.filter((one) => one.simpleFired + one.adaptiveFired + one.notices + one.paged > 0);
  const failing = checks.filter(({ statuses }) =>
    Object.keys(statuses).some((status) => status !== 'pass' && status !== 'skipped'),
  );
  return [
    ...loud.map(
      (one) =>
        `${one.metric}: simple would have fired ${times(one.simpleFired)}, adaptive ${times(one.adaptiveFired)}${one.notices > 0 ? ` (and ${one.notices} worth a note)` : ''}; this monitor would have paged ${times(one.paged)}`,
    ),
    ...quiet(metrics.length - loud.length, 'metric', loud.length),
    ...failing.map(describeCheck),
    ...quiet(checks.length - failing.length, 'check', failing.length),
    `In all ${partitions.length} ${partitions.length === 1 ? 'partition' : 'partitions'} this monitor would have paged ${times(paged)}; simple would have fired ${times(simpleFired)}.`,
  ];
}

function quiet(count: number, what: 'metric' | 'check', others: number): string[] {
  if (count === 0) return [];
  const said = what === 'metric' ? 'would have been quiet in both modes' : 'would have passed every time';
  return [`${count} ${others > 0 ? 'more ' : ''}${what}${count === 1 ? '' : 's'} ${said}`];
}

function describeCheck({ text, statuses }: BacktestCheck): string {
  const { fail = 0, warn = 0, error = 0, no_data: none = 0, learning = 0 } = statuses;
  const said = [
    ...(fail > 0 ? [`failed ${times(fail)}`] : []),
    ...(warn > 0 ? [`warned ${times(warn)}`] : []),
    ...(error > 0 ? [`ended in an error ${times(error)}`] : []),
    ...(none > 0 ? [`had no data ${times(none)}`] : []),
    ...(learning > 0 ? [`been learning ${times(learning)}`] : []),
  ];
  return `${text}: would have ${said.join(', ')}`;
}

const times = (count: number): string => (count === 1 ? '1 time' : `${count} times`);
