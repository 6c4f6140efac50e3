/** A partition that the gate keeps out of gold, and why. */
export interface BlockedPartition {
  readonly dataset: string;
  readonly partition: string;
  readonly reasons: readonly string[];
}

/** Something unusual that the collector saw by itself. */
export interface DemoFinding {
  readonly dataset: string;
  readonly partition: string;
  readonly metric: string;
  /** Distance from what was expected, in sigma; null when the detector gives none. */
  readonly score: number | null;
  readonly message: string;
}

/** What is wrong, with all that was seen of one cause. */
export interface DemoIncident {
  readonly id: string;
  readonly state: string;
  readonly severity: string;
  readonly root: string;
  readonly summary: string;
  readonly evidence: readonly {
    readonly dataset: string;
    readonly partition: string;
    readonly source: string;
    readonly subject: string;
  }[];
  /** Partitions that the gate holds because of it. */
  readonly held: readonly string[];
}

/** What the demo did; `npm run demo -- --exit --json` prints it as one JSON document. */
export interface DemoReport {
  /** Events that the collector acknowledged. */
  readonly events: number;
  readonly datasets: number;
  readonly partitions: { readonly promoted: number; readonly blocked: number };
  /** Promoted partitions that a waiver let through: the first days, which have no history to compare with. */
  readonly waived: number;
  /** Promoted partitions that an earlier run of the demo had published. */
  readonly alreadyPublished: number;
  readonly blocked: readonly BlockedPartition[];
  readonly findings: readonly DemoFinding[];
  /** Worth a note, and no alarm. */
  readonly notices: readonly DemoFinding[];
  /** Those that findings, failed runs and held partitions were folded into, the latest first. */
  readonly incidents: readonly DemoIncident[];
  readonly seconds: number;
}

/** Days that are named in the report for people; the page shows all. */
const DAYS_SHOWN = 5;

/**
 * The report for people: what was promoted, what was held and why, and where to look.
 * @param url of the collector, when it goes on running
 */
export function describeReport(report: DemoReport, url: string | null): string {
  const { partitions, waived, alreadyPublished, blocked, findings, notices: noted } = report;
  const notes = [
    ...(waived > 0 ? [`${waived} by a waiver, because the first days have no history to be judged by`] : []),
    ...(alreadyPublished > 0 ? [`${count(alreadyPublished)} were there from an earlier run`] : []),
  ];
  return [
    '',
    `${count(report.events)} events about ${report.datasets} datasets in ${report.seconds.toFixed(1)} s.`,
    '',
    `Promoted to gold: ${count(partitions.promoted)} daily partitions${notes.length > 0 ? ` (${notes.join('; ')})` : ''}.`,
    ...(blocked.length === 0 ? ['Held back: none.'] : []),
    ...blocked.flatMap(({ dataset, partition, reasons }) => [
      `Held back: ${dataset} ${partition}; gold goes on serving the days before it.`,
      ...reasons.map((reason) => `  - ${reason}`),
    ]),
    '',
    `Findings: ${count(findings.length)}; worth a note: ${count(noted.length)}${findings.length + noted.length > 0 ? '. The largest in rows:' : '.'}`,
    ...largestInRows([...findings, ...noted]),
    ...incidentLines(report.incidents),
    ...(url === null ? [] : ['', `Open ${url}`]),
  ].join('\n');
}

/** What is not over, with its root and how much it explains. */
function incidentLines(incidents: readonly DemoIncident[]): string[] {
  const open = incidents.filter(({ state }) => state !== 'resolved');
  const [first] = open;
  if (!first) return [];
  return [
    '',
    `Incidents: ${count(open.length)} open, ${count(incidents.length - open.length)} resolved by later good days.`,
    ...open.map(
      ({ root, severity, summary, evidence, held }) =>
        `  - ${root}, ${severity}: ${summary} (${count(evidence.length)} ${evidence.length === 1 ? 'piece' : 'pieces'} of evidence${held.length > 0 ? `; holds ${held.join(', ')}` : ''})`,
    ),
    `  assay incident show ${first.id} says why.`,
  ];
}

/** The days whose row counts are furthest from what was expected, in the order of the calendar. */
function largestInRows(findings: readonly DemoFinding[]): string[] {
  const distance = ({ score }: DemoFinding): number => Math.abs(score ?? 0);
  const perDay = new Map<string, DemoFinding>();
  for (const finding of findings
    .filter(({ metric }) => metric === 'row_count')
    .toSorted((a, b) => distance(b) - distance(a))) {
    if (perDay.size < DAYS_SHOWN && !perDay.has(finding.partition)) perDay.set(finding.partition, finding);
  }
  return [...perDay.values()]
    .toSorted((a, b) => a.partition.localeCompare(b.partition))
    .map(({ dataset, partition, message }) => `  - ${dataset} ${partition}: ${message}`);
}

function count(value: number): string {
  return value.toLocaleString('en-GB');
}
