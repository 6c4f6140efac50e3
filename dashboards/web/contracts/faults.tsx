import type { ContractFault } from '../../../collector/api/schema/contracts.ts';
import { Mark } from '../parts/mark.tsx';
import { Name, Sentence } from '../parts/name.tsx';

/** What is wrong with a contract, each with its place and the mend. */
export function Faults({
  faults,
  word = 'Error',
}: {
  readonly faults: readonly ContractFault[];
  readonly word?: string;
}) {
  return (
    <ul className="rows">
      {faults.map((fault, index) => (
        <li key={index}>
          <div className="row-head">
            <Mark kind={word === 'Error' ? 'failed' : 'finding'} word={word} />
            <code>
              <Name text={`${fault.file}:${fault.line}:${fault.column}`} />
            </code>
          </div>
          <Sentence text={fault.message} /> <Sentence text={fault.mend} />
        </li>
      ))}
    </ul>
  );
}
