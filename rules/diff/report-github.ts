import { sentencesOf, type FileReport, type ReportedChange } from './report.ts';

/**
 * Annotations as GitHub Actions reads them from a step's output (workflow commands). What refuses the merge is an
 * error, what readers should know a warning, the rest of what they may use a notice; PATCH is said of by nothing.
 */
export function githubReport(reports: readonly FileReport[]): readonly string[] {
  return reports.flatMap((report) => [
    ...report.changes.flatMap((change) => annotationOf(report.file, change)),
    ...report.warnings.map(({ file, line, column, message, mend }) =>
      command('warning', { file, line, col: column, title: 'Accepted break' }, `${message}. ${mend}`),
    ),
    ...report.refusals.map((refusal) =>
      command(
        'error',
        {
          file: report.file,
          line: report.versionAt?.line ?? 1,
          col: report.versionAt?.column ?? 1,
          title: 'Contract change',
        },
        refusal,
      ),
    ),
  ]);
}

function annotationOf(file: string, change: ReportedChange): readonly string[] {
  if (change.class === 'PATCH' && !change.refused && change.notice === null) return [];
  const loud = change.class === 'MAJOR' || change.notice !== null;
  const level = change.refused && change.class !== 'PATCH' ? 'error' : loud ? 'warning' : 'notice';
  const properties = {
    file,
    line: change.position?.line ?? 1,
    col: change.position?.column ?? 1,
    title: `${change.class} ${change.rule}`,
  };
  return [command(level, properties, sentencesOf(change))];
}

/** `::error file=a.yaml,line=1,col=2,title=x::words`, escaped as the runner unescapes it. */
function command(
  level: 'error' | 'warning' | 'notice',
  properties: Readonly<Record<string, string | number>>,
  message: string,
): string {
  const stated = Object.entries(properties).map(
    ([key, value]) => `${key}=${data(String(value)).replaceAll(':', '%3A').replaceAll(',', '%2C')}`,
  );
  return `::${level} ${stated.join(',')}::${data(message)}`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
