import { useEffect, useRef, useState } from 'react';
import 'uplot/dist/uPlot.min.css';
import uPlot from 'uplot';
import { useLocation } from 'wouter';
import type { Series, SeriesPoint } from '../../../collector/api/schema/overview.ts';
import { chartOptions, chartShape, readColours } from './chart-options.ts';
import { Mark } from '../parts/mark.tsx';
import { Partition } from '../parts/name.tsx';
import { expected, Word } from './series-table.tsx';
import { goldState, isOver, simpleAlone, verdictState } from '../parts/states.ts';
import { Because } from '../parts/because.tsx';
import { count, figure, metricWords, partitionDay } from '../parts/words.ts';
import { incidentHref } from '../shell/address.ts';
import { IncidentLink, IncidentsOfSeries } from './series-incidents.tsx';
import './series.css';

export interface SeriesChartProps {
  readonly series: Series;
  /** The incident on whose page it is shown; it is not named again. */
  readonly here?: string | null;
}

/** Values over partitions with the expected band; the table beside it says the same for those who cannot see it. */
export default function SeriesChart({ series, here = null }: SeriesChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const dark = useDark();
  // The chart is made anew only when what it shows changes, not at each look at the server.
  const [shown, setShown] = useState(series);
  if (JSON.stringify(shown) !== JSON.stringify(series)) setShown(series);

  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const size = () => ({ width: element.clientWidth, height: element.clientHeight });
    const { data, timed } = chartShape(shown.points);
    const options = chartOptions(shown.points, timed, readColours(element), setPointed);
    const made = new uPlot({ ...options, ...size() }, data, element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize(size()));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shown, dark]);

  const { points } = shown;
  const [, go] = useLocation();
  const point = points[pointed ?? points.length - 1] ?? points.at(-1);
  return (
    <figure>
      {point ? <Readout point={point} metric={shown.metric} last={point === points.at(-1)} /> : null}
      <div
        className="chart"
        ref={place}
        role="img"
        tabIndex={0}
        aria-label={`${summary(shown)} Arrow keys move through the partitions; the table has the same figures.`}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && point?.incident) go(incidentHref(point.incident.id));
          if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
          event.preventDefault();
          const step = event.key === 'ArrowLeft' ? -1 : 1;
          const next = Math.min(Math.max((pointed ?? points.length - 1) + step, 0), points.length - 1);
          moveCursor(plot.current, next);
        }}
      />
      {point ? <Because point={point} /> : null}
      <Legend points={points} />
      <IncidentsOfSeries points={points} here={here} />
      <SimpleRecord series={shown} />
    </figure>
  );
}

function moveCursor(plot: uPlot | null, index: number): void {
  const [xs, , , , values] = plot?.data ?? [];
  const x = xs?.[index];
  if (!plot || x === undefined) return;
  plot.setCursor({ left: plot.valToPos(x, 'x'), top: plot.valToPos(values?.[index] ?? 0, 'y') });
}

function summary({ points, metric }: Series): string {
  const held = points.filter(({ published }) => published === 'held').length;
  const findings = points.filter(({ finding }) => finding).length;
  const incidents = points.filter(({ incident }) => incident !== null).length;
  const marked =
    incidents === 0
      ? ''
      : ` ${incidents === 1 ? '1 is' : `${figure(incidents)} are`} evidence of an incident, which Enter opens.`;
  return `Chart of ${metricWords(metric)} over ${count(points.length, 'partition')}: ${count(findings, 'finding')}, ${held} held.${marked}`;
}

/** The point under the cursor, else the last one, in words. */
function Readout({
  point,
  metric,
  last,
}: {
  readonly point: SeriesPoint;
  readonly metric: string;
  readonly last: boolean;
}) {
  return (
    <p className="readout figures">
      <span>
        {last ? <span className="soft">Last: </span> : null}
        <Partition text={point.partition} />
        {point.at ? <span className="soft"> ({partitionDay(point.at)})</span> : null}
      </span>
      <strong>
        {metricWords(metric)} {figure(point.value)}
      </strong>
      {point.low === null ? null : <span className="soft">expected {expected(point)}</span>}
      {point.status === 'normal' && !simpleAlone(point) ? null : <Word state={verdictState(point)} />}
      {point.published ? <Word state={goldState(point.published)} /> : null}
      {point.incident ? <IncidentLink incident={point.incident} /> : null}
    </p>
  );
}

/** Names only what is in the chart. */
function Legend({ points }: { readonly points: readonly SeriesPoint[] }) {
  const banded = points.some(({ low }) => low !== null);
  const timed = points.every(({ at }) => at !== null);
  return (
    <ul className="legend">
      <li>
        <span className="swatch-line" /> measured
      </li>
      {banded ? (
        <>
          <li>
            <span className="swatch-band" /> expected band
          </li>
          <li>
            <span className="swatch-mean" /> its centre
          </li>
        </>
      ) : null}
      {points.some(({ published }) => published === 'held') ? (
        <li>
          <Mark kind="held" word="Held" />
        </li>
      ) : null}
      {points.some(({ published }) => published === 'rolled_back') ? (
        <li>
          <Mark kind="rolled_back" word="Rolled back" />
        </li>
      ) : null}
      {points.some(({ finding }) => finding) ? (
        <li>
          <Mark kind="finding" word="Finding" />
        </li>
      ) : null}
      {points.some(({ incident }) => incident !== null && !isOver(incident.state)) ? (
        <li>
          <Mark kind="incident" word="Open incident" />
        </li>
      ) : null}
      {points.some(({ incident }) => incident !== null && isOver(incident.state)) ? (
        <li>
          <Mark kind="incident_over" word="Resolved incident" />
        </li>
      ) : null}
      {points.some(simpleAlone) ? (
        <li>
          <span className="swatch-simple" /> 2 sigma would have fired
        </li>
      ) : null}
      {timed ? (
        <li>
          <span className="swatch-weekend" /> Saturday and Sunday
        </li>
      ) : null}
      <li>drag to look closer, double-click for all</li>
    </ul>
  );
}

/** The plain mode beside the one that has the word: how often it would have cried. */
function SimpleRecord({ series: { simple, points } }: { readonly series: Series }) {
  if (simple.judged === 0) return null;
  const findings = points.filter(({ finding }) => finding).length;
  return (
    <p className="quiet">
      {simple.message} ({figure(simple.fired)} of {count(simple.judged, 'partition')});{' '}
      {findings === 1 ? '1 is a finding' : `${figure(findings)} are findings`}.
    </p>
  );
}

/** Whether the page is dark now: a canvas does not follow the theme by itself. */
function useDark(): boolean {
  const [dark, setDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const media = matchMedia('(prefers-color-scheme: dark)');
    const onChange = (): void => setDark(media.matches);
    media.addEventListener('change', onChange);
    return () => media.removeEventListener('change', onChange);
  }, []);
  return dark;
}
