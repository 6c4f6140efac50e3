import type { CheckItem } from '../../../collector/api/schema/gates.ts';
import { Mark } from '../parts/mark.tsx';
import { Name, Partition, Sentence } from '../parts/name.tsx';
import { reasonState } from '../parts/states.ts';
import { count, figure } from '../parts/words.ts';

/** Checks that decide come first. */
const ORDER = ['fail', 'error', 'no_data', 'learning', 'warn', 'skipped', 'pass'];

/** Every check with its evidence: value, what was expected, what it was compared with, rows that break it. */
export function ChecksBlock({ checks }: { readonly checks: readonly CheckItem[] }) {
  if (checks.length === 0) return null;
  const sorted = checks.toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
  return (
    <section className="block" aria-labelledby="checks">
      <div className="block-head">
        <h2 id="checks">{count(checks.length, 'check')}</h2>
      </div>
      <table>
        <caption className="visually-hidden">Checks with their values</caption>
        <thead>
          <tr>
            <th scope="col">Check</th>
            <th scope="col">Result</th>
            <th scope="col" className="number">
              Value
            </th>
            <th scope="col" className="wide">
              Expected
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((check) => (
            <Row key={check.checkId} check={check} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ check }: { readonly check: CheckItem }) {
  const { kind, word } = reasonState(check.status);
  return (
    <tr>
      <th scope="row">
        <code>
          <Name text={check.text} />
        </code>
        {check.status === 'pass' ? null : (
          <p className="row-foot">
            <Sentence text={check.message} />
          </p>
        )}
        <Evidence check={check} />
      </th>
      <td>
        <Mark kind={kind} word={word} />
      </td>
      <td className="number">{figure(check.value)}</td>
      <td className="wide">
        <Sentence text={check.expected} />
      </td>
    </tr>
  );
}

function Evidence({ check: { baseline, failingRows } }: { readonly check: CheckItem }) {
  if (baseline.length === 0 && failingRows === null) return null;
  return (
    <details className="evidence">
      <summary>
        {failingRows === null
          ? `compared with ${count(baseline.length, 'partition')}`
          : `${count(failingRows.rows.length, 'row')} that ${failingRows.rows.length === 1 ? 'breaks' : 'break'} it`}
      </summary>
      {failingRows === null ? null : (
        <div className="scroll" tabIndex={0} role="region" aria-label="Rows that break the check">
          <table>
            <caption>
              {failingRows.more
                ? 'There are more; personal values are masked.'
                : 'Personal values are masked.'}
            </caption>
            <thead>
              <tr>
                {failingRows.columns.map((column) => (
                  <th scope="col" key={column}>
                    <Name text={column} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {failingRows.rows.map((row, index) => (
                <tr key={index}>
                  {row.map((value, n) => (
                    <td key={n}>
                      {value === null ? <span className="soft">null</span> : <Name text={value} />}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {baseline.length === 0 ? null : (
        <ul className="plain-list figures">
          {baseline.map((point) => (
            <li key={`${point.partition} ${point.of ?? ''}`}>
              <Partition text={point.partition} /> {figure(point.value)}
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}
