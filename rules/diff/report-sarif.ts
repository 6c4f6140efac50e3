import { createHash } from 'node:crypto';
import type { JsonObject } from '#model/json.ts';
import { RULE_TITLES, type RuleId } from './change.ts';
import { sentencesOf, type FileReport, type ReportedChange } from './report.ts';

const RULES = Object.keys(RULE_TITLES) as RuleId[];
/** For what concerns the version or an approval as a whole. */
const VERSION_RULE = 'version';

/** A SARIF 2.1.0 log (OASIS standard): one run, a result for each change and each refusal. */
export function sarifReport(reports: readonly FileReport[], toolVersion: string): JsonObject {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Assay',
            semanticVersion: toolVersion,
            rules: [
              ...RULES.map((id) => ({ id, name: id, shortDescription: { text: `${RULE_TITLES[id]}.` } })),
              {
                id: VERSION_RULE,
                name: VERSION_RULE,
                shortDescription: { text: 'Changes without the version or the approval that they need.' },
              },
            ],
          },
        },
        // Positions count UTF-16 units.
        columnKind: 'utf16CodeUnits',
        results: reports.flatMap(resultsOf),
      },
    ],
  };
}

function resultsOf(report: FileReport): readonly JsonObject[] {
  return [
    ...report.changes.map((change) => resultOf(report.file, change)),
    ...report.refusals.map((refusal) => ({
      ruleId: VERSION_RULE,
      ruleIndex: RULES.length,
      level: 'error',
      message: { text: refusal },
      locations: [locationOf(report.file, report.versionAt)],
      partialFingerprints: { 'contractChange/v1': fingerprint([VERSION_RULE, report.file]) },
    })),
  ];
}

function resultOf(file: string, change: ReportedChange): JsonObject {
  const { before, after, path, approval, notice, class: weight } = change;
  return {
    ruleId: change.rule,
    ruleIndex: RULES.indexOf(change.rule),
    level: change.refused ? 'error' : weight === 'PATCH' ? 'note' : 'warning',
    message: { text: sentencesOf(change) },
    locations: [locationOf(file, change.position)],
    partialFingerprints: { 'contractChange/v1': fingerprint([change.rule, file, path]) },
    properties: { class: weight, path, before, after, approval, notice },
    ...(change.accepted && {
      suppressions: [
        {
          kind: 'external',
          status: 'accepted',
          justification: `${change.accepted.reason} (${change.accepted.author}, until ${change.accepted.expires})`,
        },
      ],
    }),
  };
}

function locationOf(file: string, position: ReportedChange['position']): JsonObject {
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(file) },
      region: { startLine: position?.line ?? 1, startColumn: position?.column ?? 1 },
    },
  };
}

/** A relative reference (RFC 3986). */
function uriOf(file: string): string {
  const path = file.replaceAll('\\', '/').replace(/^\.\//, '');
  return path.toWellFormed().split('/').map(encodeURIComponent).join('/');
}

function fingerprint(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
