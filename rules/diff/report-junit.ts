import { RULE_TITLES } from './change.ts';
import { sentencesOf, type FileReport, type ReportedChange } from './report.ts';

/** A JUnit XML document: a suite for each file, a case for each change and one for the version. */
export function junitReport(reports: readonly FileReport[]): string {
  const suites = reports.map(suiteOf);
  const sum = (key: 'tests' | 'failures'): number => suites.reduce((total, suite) => total + suite[key], 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="contract changes" tests="${sum('tests')}" failures="${sum('failures')}" errors="0">`,
    ...suites.flatMap(({ lines }) => lines),
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteOf(report: FileReport): { tests: number; failures: number; lines: readonly string[] } {
  const { file, changes, refusals } = report;
  const failed = changes.filter(({ refused }) => refused).length;
  const failures = failed + (refusals.length > 0 ? 1 : 0);
  const name = attribute(file);
  return {
    tests: changes.length + 1,
    failures,
    lines: [
      `  <testsuite name="${name}" tests="${changes.length + 1}" failures="${failures}" errors="0" skipped="0">`,
      ...changes.flatMap((change) => caseOf(name, file, change)),
      ...closingCase(name, refusals),
      '  </testsuite>',
    ],
  };
}

function caseOf(name: string, file: string, change: ReportedChange): readonly string[] {
  const title = attribute(`${change.rule} ${RULE_TITLES[change.rule]}: ${change.path}`);
  const place = change.position === null ? file : `${file}:${change.position.line}:${change.position.column}`;
  const words = content(`${place}: ${sentencesOf(change)}`);
  const open = `    <testcase classname="${name}" name="${title}">`;
  if (change.refused)
    return [
      open,
      `      <failure type="${change.class}" message="${attribute(change.message)}">${words}</failure>`,
      '    </testcase>',
    ];
  return [open, `      <system-out>${words}</system-out>`, '    </testcase>'];
}

function closingCase(name: string, refusals: readonly string[]): readonly string[] {
  const open = `    <testcase classname="${name}" name="version"`;
  if (refusals.length === 0) return [`${open}/>`];
  const words = refusals.join(' ');
  return [
    `${open}>`,
    `      <failure type="version" message="${attribute(words)}">${content(words)}</failure>`,
    '    </testcase>',
  ];
}

function content(text: string): string {
  return valid(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function attribute(text: string): string {
  return content(text)
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\r', '&#13;')
    .replaceAll('\t', '&#9;');
}

/** XML 1.0 has no way at all to write most control characters and lone surrogates. */
function valid(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}');
}
