import type { ContractFault } from '../../../collector/api/schema/contracts.ts';
import { visible } from '../parts/words.ts';

/** A contract's text with the numbers of its lines; what is wrong with a line stands below it. */
export function SourceText({
  text,
  faults = [],
  label = 'Text of the contract',
}: {
  readonly text: string;
  readonly faults?: readonly ContractFault[];
  readonly label?: string;
}) {
  const lines = text.replace(/\n$/, '').split('\n');
  return (
    <div className="scroll source" tabIndex={0} role="region" aria-label={label}>
      <ol>
        {lines.map((line, index) => {
          const here = faults.filter((fault) => fault.line === index + 1);
          return (
            <li
              key={index}
              id={faults.length === 0 ? `line-${index + 1}` : undefined}
              className={here.length > 0 ? 'faulty' : undefined}
            >
              <code>{visible(line)}</code>
              {here.map((fault, n) => (
                <p key={n} className="refusal">
                  {'\u00a0'.repeat(Math.max(0, fault.column - 1))}^ {fault.message} {fault.mend}
                </p>
              ))}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
