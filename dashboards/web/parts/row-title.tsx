import { Link } from 'wouter';
import { datasetHref } from '../shell/address.ts';
import { Name, Partition } from './name.tsx';

interface RowTitleProps {
  /** null when no event has named the dataset yet: then there is nothing to open. */
  readonly datasetId: string | null;
  readonly name: string;
  readonly partition: string;
  readonly metric?: string;
}

/** A dataset and its partition; opens the dataset's block. */
export function RowTitle({ datasetId, name, partition, metric }: RowTitleProps) {
  const content = (
    <>
      <Name text={name} /> <Partition text={partition} />
    </>
  );
  if (datasetId === null) return <strong className="row-title">{content}</strong>;
  return (
    <Link className="row-title" href={datasetHref(datasetId, metric)} data-row="">
      {content}
    </Link>
  );
}
