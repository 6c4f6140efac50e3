import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { DiffAnswer } from '../../../collector/api/schema/contract-diff.ts';
import type { ContractAnswer, LintAnswer } from '../../../collector/api/schema/contracts.ts';
import { send } from '../shell/read.ts';
import { Changes } from './changes.tsx';
import { Faults } from './faults.tsx';
import { SourceText } from './source-text.tsx';

interface Tried {
  readonly text: string;
  readonly lint: LintAnswer;
  /** null when the text is no contract. */
  readonly diff: DiffAnswer | null;
}

/** What would a change break? Checks a text and compares it with what is in force; nothing is pushed. */
export function TryBlock({ contract }: { readonly contract: ContractAnswer }) {
  const [text, setText] = useState(contract.text);
  const id = useId();
  const trial = useMutation<Tried, Error>({
    mutationFn: async () => {
      const { fileName } = contract;
      const lint = await send<LintAnswer>('/api/v2/contracts/lint', { text, fileName });
      const diff = lint.valid
        ? await send<DiffAnswer>('/api/v2/contracts/diff', { before: contract.text, after: text, fileName })
        : null;
      return { text, lint, diff };
    },
  });
  return (
    <section className="block" aria-labelledby={id}>
      <div className="block-head">
        <h2 id={id}>What would a change break?</h2>
        <button type="button" disabled={trial.isPending} onClick={() => trial.mutate()}>
          {trial.isPending ? 'Asking…' : 'Try it'}
        </button>
      </div>
      <div className="block-body">
        <label className="visually-hidden" htmlFor={`${id}-text`}>
          Text to try
        </label>
        <textarea
          id={`${id}-text`}
          value={text}
          rows={12}
          spellCheck={false}
          onChange={({ target }) => setText(target.value)}
        />
        <p className="soft">
          Nothing is pushed by this. <code>assay contract push FILE</code> puts a file in force, and{' '}
          <code>assay contract diff FILE</code> says the same in a pull request.
        </p>
      </div>
      <div role="status">
        {trial.error ? <p className="quiet refusal">{trial.error.message}</p> : null}
        {trial.data ? <Outcome tried={trial.data} /> : null}
      </div>
    </section>
  );
}

function Outcome({ tried: { text, lint, diff } }: { readonly tried: Tried }) {
  return (
    <>
      {lint.valid ? null : <SourceText text={text} faults={lint.problems} label="Text that was tried" />}
      {lint.problems.length > 0 ? <Faults faults={lint.problems} /> : null}
      {lint.warnings.length > 0 ? <Faults faults={lint.warnings} word="Warning" /> : null}
      {diff ? <Changes answer={diff} /> : null}
    </>
  );
}
