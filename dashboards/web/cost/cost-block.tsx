import type { CostAnswer, CostLine, DatasetCostLine } from '../../../collector/api/schema/cost.ts';
import { figure, money, seconds, trend } from '../parts/words.ts';
import { datasetHref, jobHref } from '../shell/address.ts';
import { NamedCell, NumberHeadings } from './cost-cells.tsx';
import { FileButton } from './file-button.tsx';
import { told } from './told.ts';

interface CostBlockProps {
  readonly kind: 'datasets' | 'jobs';
  readonly answer: CostAnswer;
}

const HEADINGS = { datasets: 'Datasets, the dearest first', jobs: 'Jobs, the dearest first' } as const;
const NOTES = {
  datasets: 'The time of a run, and what it read, are shared evenly among the datasets that it wrote.',
  jobs: 'A run with parts, such as an orchestrator’s, takes no time of its own: its parts do.',
} as const;

/** Who costs what. */
export function CostBlock({ kind, answer }: CostBlockProps) {
  const lines: readonly (CostLine | DatasetCostLine)[] = answer[kind];
  const { unit, days } = answer;
  const ofDatasets = kind === 'datasets';
  return (
    <section className="block" aria-labelledby={`cost-${kind}`}>
      <div className="block-head">
        <h2 id={`cost-${kind}`}>{HEADINGS[kind]}</h2>
        <FileButton list={kind} days={days} />
      </div>
      {lines.length === 0 ? (
        <p className="quiet">No run said which dataset it wrote.</p>
      ) : (
        <div className="scroll flush" tabIndex={0} role="region" aria-label={`${HEADINGS[kind]}, as a table`}>
          <table className="costs">
            <caption className="visually-hidden">{`${HEADINGS[kind]}, in ${days} days; the trend is against the ${days} days before`}</caption>
            <thead>
              <tr>
                <th scope="col">{ofDatasets ? 'Dataset' : 'Job'}</th>
                <NumberHeadings of={unit === null ? ['Running'] : ['Cost', 'Running']} />
                <th scope="col">Trend</th>
                <NumberHeadings of={['Read', 'Written', 'Runs']} />
                {ofDatasets ? <NumberHeadings of={['Readers', 'Gate’s queries']} /> : null}
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <Line key={line.id} line={line} kind={kind} unit={unit} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className="quiet">{NOTES[kind]}</p>
    </section>
  );
}

interface LineProps {
  readonly line: CostLine | DatasetCostLine;
  readonly kind: CostBlockProps['kind'];
  readonly unit: string | null;
}

function Line({ line, kind, unit }: LineProps) {
  const { cost, before } = line;
  const turn =
    before === null
      ? null
      : cost === null
        ? trend(line.seconds, before.seconds)
        : trend(cost, before.cost ?? 0);
  return (
    <tr>
      <NamedCell line={line} href={kind === 'datasets' ? datasetHref(line.id) : jobHref(line.id)} />
      {unit === null || cost === null ? null : <td className="number">{money(cost, unit)}</td>}
      <td className="number">{seconds(line.seconds)}</td>
      <td>{turn ?? <span className="soft">{before === null ? '–' : 'new'}</span>}</td>
      <td className="number">{told(line.bytesRead)}</td>
      <td className="number">{told(line.bytesWritten)}</td>
      <td className="number">{figure(line.runs)}</td>
      {'readers' in line ? (
        <>
          <td className="number">{figure(line.readers)}</td>
          <td className="number">
            {line.gateQueries === 0 ? (
              <span className="soft">–</span>
            ) : (
              `${figure(line.gateQueries)}, ${seconds(line.gateSeconds)}`
            )}
          </td>
        </>
      ) : null}
    </tr>
  );
}
