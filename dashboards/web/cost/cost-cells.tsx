import { Link } from 'wouter';
import { Name } from '../parts/name.tsx';

/** Headings of columns of numbers, in their order. */
export function NumberHeadings({
  of,
  wide = false,
}: {
  readonly of: readonly string[];
  readonly wide?: boolean;
}) {
  return of.map((heading) => (
    <th key={heading} scope="col" className={wide ? 'number wide' : 'number'}>
      {heading}
    </th>
  ));
}

interface NamedCellProps {
  readonly line: { readonly name: string; readonly namespace: string | null };
  readonly href: string;
}

/** What a row is about, as a link, with its namespace below. */
export function NamedCell({ line: { name, namespace }, href }: NamedCellProps) {
  return (
    <th scope="row">
      <Link href={href} data-row="">
        <Name text={name} />
      </Link>
      {namespace === null ? null : (
        <span className="namespace">
          <Name text={namespace} />
        </span>
      )}
    </th>
  );
}
