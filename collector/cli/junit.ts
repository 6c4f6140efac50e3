import type { EvaluationAnswer } from '#api/schema/gates.ts';

type Reason = EvaluationAnswer['reasons'][number];

/** What became of one test case, with words for the reader. */
interface Case {
  readonly name: string;
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped';
  /** The status that the gate gave: `fail`, `learning`, … */
  readonly type: string;
  readonly message: string;
}

/**
 * An evaluation as a JUnit report, which CI systems show: each check a test case. `failure`: the data is bad;
 * `error`: not known. What is waived or only warns passes, and says so.
 */
export function junitReport(evaluation: EvaluationAnswer): string {
  const { dataset, partition, id, decision, state, candidate, requestedAt, decidedAt } = evaluation;
  const seconds =
    decidedAt === null ? 0 : Math.max(0, (Date.parse(decidedAt) - Date.parse(requestedAt)) / 1000);
  return reportOf(dataset, partition, casesOf(evaluation), {
    seconds,
    timestamp: requestedAt.slice(0, 19),
    properties: {
      evaluation: id,
      decision: decision ?? 'none',
      state,
      candidate: candidate.ref,
      candidateVersion: candidate.version ?? '',
      contractVersion: evaluation.contract.version,
    },
  });
}

/** The same where no decision was to be had. */
export function junitWithoutDecision(dataset: string, partition: string, message: string): string {
  const cases: Case[] = [{ name: 'decision', outcome: 'error', type: 'error', message }];
  return reportOf(dataset, partition, cases, { seconds: 0, timestamp: null, properties: {} });
}

function reportOf(
  dataset: string,
  partition: string,
  cases: readonly Case[],
  about: {
    readonly seconds: number;
    readonly timestamp: string | null;
    readonly properties: Readonly<Record<string, string>>;
  },
): string {
  const count = (outcome: Case['outcome']): number => cases.filter((one) => one.outcome === outcome).length;
  const counts = [
    ['tests', cases.length],
    ['failures', count('failure')],
    ['errors', count('error')],
    ['skipped', count('skipped')],
    ['time', about.seconds.toFixed(3)],
  ] as const;
  const numbers = counts.map(([name, value]) => ` ${name}="${value}"`).join('');
  const properties = Object.entries(about.properties).map(
    ([name, value]) => `      <property name="${name}" value="${escaped(value)}"/>`,
  );
  const time = about.timestamp === null ? '' : ` timestamp="${about.timestamp}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${numbers}>`,
    `  <testsuite name="${escaped(`${dataset} ${partition}`.trim())}"${time}${numbers}>`,
    ...(properties.length === 0 ? [] : ['    <properties>', ...properties, '    </properties>']),
    ...cases.flatMap((one) => linesOf(one, dataset)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function casesOf(evaluation: EvaluationAnswer): Case[] {
  const reasons = new Map(evaluation.reasons.map((reason) => [reason.checkId, reason]));
  const checks = evaluation.checks.map((check) => caseOf(check, reasons.get(check.checkId)));
  const known = new Set(evaluation.checks.map(({ checkId }) => checkId));
  // The gate's own words: frozen, empty, not measured.
  const own = evaluation.reasons
    .filter(({ checkId }) => !known.has(checkId))
    .map((reason) => ({
      name: reason.checkId,
      type: reason.status,
      message: reason.waivedBy === null ? reason.message : `${reason.message} (waived by ${reason.waivedBy})`,
      outcome: reason.holds ? outcomeOf(reason.status) : ('passed' as const),
    }));
  if (evaluation.decision !== null) return [...checks, ...own];
  return [
    { name: 'decision', outcome: 'error', type: evaluation.state, message: 'There was no decision in time.' },
  ];
}

function caseOf(check: EvaluationAnswer['checks'][number], reason: Reason | undefined): Case {
  const { text: name, status: type, message } = check;
  if (type === 'skipped') return { name, type, message, outcome: 'skipped' };
  if (reason?.holds) return { name, type, message, outcome: outcomeOf(type) };
  const waived = reason?.waivedBy ?? null;
  return {
    name,
    type,
    message: waived === null ? message : `${message} (waived by ${waived})`,
    outcome: 'passed',
  };
}

function outcomeOf(status: string): Case['outcome'] {
  return status === 'fail' || status === 'warn' ? 'failure' : 'error';
}

function linesOf({ name, outcome, type, message }: Case, dataset: string): string[] {
  const head = `    <testcase classname="${escaped(dataset)}" name="${escaped(name)}"`;
  if (outcome === 'passed' && type === 'pass') return [`${head}/>`];
  const body =
    outcome === 'passed'
      ? `<system-out>${escaped(`${type}: ${message}`)}</system-out>`
      : outcome === 'skipped'
        ? `<skipped message="${escaped(message)}"/>`
        : `<${outcome} type="${escaped(type)}" message="${escaped(message)}"/>`;
  return [`${head}>`, `      ${body}`, '    </testcase>'];
}

const NAMES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** For text and attributes; what XML 1.0 cannot hold at all becomes the sign for what cannot be shown. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[&<>"']/g, (sign) => NAMES[sign] ?? '')
    .replaceAll(/[\p{Cc}\ufffe\uffff]/gu, (sign) =>
      '\t\n\r'.includes(sign) ? `&#${sign.charCodeAt(0)};` : '\ufffd',
    );
}
