import { useState } from 'react';
import type { CostListName } from '../../../collector/api/schema/cost.ts';
import { saveAnswer } from '../shell/save-file.ts';

const NAMES: Readonly<Record<CostListName, string>> = {
  datasets: 'Datasets as CSV',
  jobs: 'Jobs as CSV',
  unread: 'These as CSV',
};

/** One of the lists as a file, all of its lines. */
export function FileButton({ list, days }: { readonly list: CostListName; readonly days: number }) {
  const [failure, setFailure] = useState<string | null>(null);
  return (
    <span>
      {failure === null ? null : (
        <span className="refusal" role="alert">
          {failure}{' '}
        </span>
      )}
      <button
        type="button"
        onClick={() => {
          setFailure(null);
          saveAnswer(`cost-${list}.csv`, `/api/v2/cost?days=${days}&format=csv&list=${list}`).catch(
            (error: unknown) => setFailure(error instanceof Error ? error.message : String(error)),
          );
        }}
      >
        {NAMES[list]}
      </button>
    </span>
  );
}
