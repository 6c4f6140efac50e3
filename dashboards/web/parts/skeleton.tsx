/** Holds the place of what is being read. */
export function Skeleton({ rows }: { readonly rows: number }) {
  return (
    <div className="block-body" aria-hidden="true">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={index % 2 === 0 ? 'skeleton' : 'skeleton short'} />
      ))}
    </div>
  );
}
