import type { EnforcementTarget } from '../../../collector/api/schema/doctor.ts';
import { Mark, type MarkKind } from '../parts/mark.tsx';
import { Name, Sentence } from '../parts/name.tsx';
import { Answer } from '../shell/page.tsx';
import { useDoctor } from './doctor-block.tsx';

const WORDS: Readonly<Record<EnforcementTarget['state'], { kind: MarkKind; word: string }>> = {
  enforced: { kind: 'fine', word: 'Enforced' },
  advisory: { kind: 'finding', word: 'Advisory' },
  unknown: { kind: 'unknown', word: 'Unknown' },
};

/** Who else may write gold: a gate that can be walked around only advises. */
export function EnforcementBlock() {
  const query = useDoctor();
  return (
    <section className="block" aria-labelledby="enforcement">
      <div className="block-head">
        <h2 id="enforcement">Who may write gold</h2>
      </div>
      <Answer query={query} rows={3}>
        {({ targets }) =>
          targets.length === 0 ? (
            <p className="quiet">
              No contract publishes through the gate; <code>gate.publish_to</code> names the table.
            </p>
          ) : (
            <ul className="rows">
              {targets.map(({ target, state, detail, mend }) => (
                <li key={target}>
                  <div className="row-head">
                    <Mark {...WORDS[state]} />
                    <strong>
                      <Name text={target} />
                    </strong>
                  </div>
                  <Sentence text={detail} />
                  {mend === null ? null : <pre tabIndex={0}>{mend}</pre>}
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </section>
  );
}
