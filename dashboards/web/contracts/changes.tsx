import type { DiffAnswer } from '../../../collector/api/schema/contract-diff.ts';
import { Mark } from '../parts/mark.tsx';
import { Name, Sentence } from '../parts/name.tsx';

type Change = DiffAnswer['changes'][number];

/** Changes of a contract, the breaking ones first, each with who reads what it touches. */
export function Changes({ answer }: { readonly answer: DiffAnswer }) {
  const { changes, version, refusals } = answer;
  const sorted = changes.toSorted((a, b) => RANKS.indexOf(a.class) - RANKS.indexOf(b.class));
  return (
    <>
      <div className="block-body" role="status">
        {changes.length === 0 ? (
          <p>Nothing that a reader could notice.</p>
        ) : (
          <p>
            {version.required === 'none' ? (
              'The version may stay as it is.'
            ) : (
              <>
                It needs a <strong>{version.required}</strong> step of the version;{' '}
                {version.isEnough
                  ? `${version.before} to ${version.after ?? 'none'} is one.`
                  : `${version.before} to ${version.after ?? 'none'} is not.`}
              </>
            )}
          </p>
        )}
        {refusals.map((refusal) => (
          <p key={refusal} className="refusal">
            <Sentence text={refusal} />
          </p>
        ))}
      </div>
      <ul className="rows">
        {sorted.map((change, index) => (
          <Row key={index} change={change} />
        ))}
      </ul>
    </>
  );
}

const RANKS: readonly Change['class'][] = ['MAJOR', 'MINOR', 'PATCH'];
const WORDS = {
  MAJOR: { kind: 'failed', word: 'Breaks readers' },
  MINOR: { kind: 'finding', word: 'Adds' },
  PATCH: { kind: 'fine', word: 'Harmless' },
} as const;

function Row({ change }: { readonly change: Change }) {
  const { kind, word } = WORDS[change.class];
  const { consumers } = change;
  const hit = consumers === null ? [] : [...consumers.datasets, ...consumers.jobs];
  return (
    <li>
      <div className="row-head">
        <Mark kind={kind} word={word} />
        <strong>
          <Name text={change.column ?? change.path} />
        </strong>
        <span className="soft">rule {change.rule}</span>
      </div>
      <Sentence text={change.message} /> <Sentence text={change.mend} />
      {hit.length === 0 ? null : (
        <p className="row-foot">
          Read by{' '}
          {hit.map((reader, index) => (
            <span key={index}>
              {index > 0 ? ', ' : ''}
              <Name text={reader.name} />
              {reader.certain ? '' : ' (perhaps)'}
            </span>
          ))}
          {consumers?.truncated ? ' and more' : ''}
        </p>
      )}
    </li>
  );
}
