export type MarkKind =
  | 'held'
  | 'finding'
  | 'failed'
  | 'running'
  | 'fine'
  | 'published'
  | 'rolled_back'
  | 'incident'
  | 'incident_over'
  | 'unknown';

/** One shape for each state, the same in text and in charts, so that none is told by colour alone. */
const SHAPES: Record<MarkKind, string> = {
  held: 'M2 2h12v12H2z',
  finding: 'M8 1.5 15 14H1z',
  failed: 'M3.2 1.5 8 6.2l4.8-4.7 1.7 1.7L9.8 8l4.7 4.8-1.7 1.7L8 9.8l-4.8 4.7-1.7-1.7L6.2 8 1.5 3.2z',
  running: 'M3.5 1.5 14 8 3.5 14.5z',
  fine: 'M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13z',
  published: 'M8 .8 15.2 8 8 15.2.8 8z',
  rolled_back: 'M7 2 1 8l6 6V9.8h8V6.2H7z',
  incident: 'M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3z',
  incident_over:
    'M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3zm.8 2L3.5 6.1v3.8l2.6 2.6h3.8l2.6-2.6V6.1L9.9 3.5z',
  unknown: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zm0 2.2a4.3 4.3 0 1 1 0 8.6 4.3 4.3 0 0 1 0-8.6z',
};

/** A shape and, always, its word. */
export function Mark({ kind, word }: { readonly kind: MarkKind; readonly word: string }) {
  return (
    <span className={`mark mark-${kind}`}>
      <svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true" focusable="false">
        <path d={SHAPES[kind]} fill="currentColor" fillRule="evenodd" />
      </svg>
      <span>{word}</span>
    </span>
  );
}
