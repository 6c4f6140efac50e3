import { formatProblem } from '../contract/problem.ts';
import { consumerSentence, type FileReport, type ReportedChange } from './report.ts';

/** Most readers that are named for one change. */
const MOST_NAMES = 5;

/** Lines for people. */
export function textReport(reports: readonly FileReport[]): readonly string[] {
  return reports.flatMap((report) => [
    headOf(report),
    ...report.changes.flatMap((change) => linesOf(report.file, change)),
    ...report.warnings.map((warning) => `  warning  ${formatProblem(warning)}`),
    ...report.refusals.map((refusal) => `  refused  ${refusal}`),
  ]);
}

function headOf({ file, version, changes, refusals }: FileReport): string {
  const versions =
    version.before === version.after ? version.before : `${version.before} → ${version.after ?? 'gone'}`;
  if (changes.length === 0) return `${file}: ${versions}, nothing changed.`;
  const needs = version.required === 'none' ? 'needs no version' : `needs a ${version.required} version`;
  return `${file}: ${versions}, ${changes.length} ${changes.length === 1 ? 'change' : 'changes'}, ${needs}: ${refusals.length === 0 ? 'fine' : 'refused'}.`;
}

function linesOf(file: string, change: ReportedChange): readonly string[] {
  const place = change.position === null ? file : `${file}:${change.position.line}:${change.position.column}`;
  const readers = consumerSentence(change);
  const names = [
    ...(change.consumers?.jobs ?? []),
    ...(change.consumers?.datasets ?? []).filter(({ kind }) => kind === 'dashboard'),
  ].map(({ name }) => name);
  const more = names.length - MOST_NAMES;
  return [
    `  ${change.class.padEnd(5)} ${change.rule.padEnd(3)}  ${place}: ${change.message}. ${change.mend}`,
    `             ${change.path}${change.notice === null ? '' : `  (tell: ${change.notice})`}`,
    ...(readers === ''
      ? []
      : [
          `             ${readers}: ${names.slice(0, MOST_NAMES).join(', ')}${more > 0 ? `, and ${more} more` : ''}.`,
        ]),
    ...(change.accepted === null
      ? []
      : [
          `             accepted by ${change.accepted.author} until ${change.accepted.expires}: ${change.accepted.reason}`,
        ]),
  ];
}
