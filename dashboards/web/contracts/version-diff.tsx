import { useQuery } from '@tanstack/react-query';
import type { DiffAnswer } from '../../../collector/api/schema/contract-diff.ts';
import type { ContractAnswer } from '../../../collector/api/schema/contracts.ts';
import { Skeleton } from '../parts/skeleton.tsx';
import { read, send } from '../shell/read.ts';
import { Changes } from './changes.tsx';

/** What this version changed against another, and whom it touched. */
export function VersionDiff({
  contract,
  against,
}: {
  readonly contract: ContractAnswer;
  readonly against: string;
}) {
  const { data, error } = useQuery({
    queryKey: ['contract diff', contract.datasetId, contract.version, against],
    // Versions never change.
    staleTime: Infinity,
    queryFn: async ({ signal }) => {
      const path = `/api/v2/contracts/${encodeURIComponent(contract.datasetId)}`;
      const other = await read<ContractAnswer>(`${path}?version=${encodeURIComponent(against)}`, signal);
      return send<DiffAnswer>('/api/v2/contracts/diff', {
        before: other.text,
        after: contract.text,
        fileName: contract.fileName,
      });
    },
  });
  if (error)
    return (
      <p className="quiet" role="alert">
        {error.message}
      </p>
    );
  return data ? <Changes answer={data} /> : <Skeleton rows={3} />;
}
