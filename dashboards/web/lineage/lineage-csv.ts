import { saveAnswer } from '../shell/save-file.ts';
import type { Box } from './boxes.ts';
import { datasetStatus } from './node-state.ts';
import type { LineageAnswer, Side } from './terms.ts';

const HEADINGS = [
  'namespace',
  'dataset',
  'state',
  'owner',
  'layer',
  'contract',
  'made_from',
  'made_into',
  'id',
];

/** The rows of the table as a file (RFC 4180). */
export function csvOf(boxes: readonly Box[]): string {
  const rows = boxes.map(({ node, count }) => [
    node.namespace,
    node.name,
    datasetStatus(node.status).word,
    node.owner ?? '',
    node.layer ?? '',
    node.contract ?? '',
    String(count.upstream.total),
    String(count.downstream.total),
    node.id,
  ]);
  return [HEADINGS, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** Always in quotes; what a spreadsheet would take for a formula begins with an apostrophe. */
function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}

/** Everything on one side as the server's file; by fetch, which can carry the key. */
export async function saveImpact(answer: LineageAnswer, side: Side, at: string | null): Promise<void> {
  const asked = new URLSearchParams({ dataset: answer.dataset.id, direction: side, format: 'csv' });
  if (answer.column !== null) asked.set('column', answer.column);
  if (at !== null) asked.set('at', at);
  await saveAnswer(`lineage-${side}.csv`, `/api/v2/lineage/impact?${asked.toString()}`);
}
