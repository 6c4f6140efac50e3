import { stringify } from 'yaml';

import { parseContract } from '../parse.ts';
import { formatProblem } from '../problem.ts';
import { PII_KIND } from '../short/short-form.ts';
import { shortTypeOfWarehouse } from '../warehouse-type.ts';
import type { DbtColumn, DbtModel, DbtTest, NotImported } from './model.ts';
import type { ReadDbt } from './read-schema-file.ts';
import { testCheck } from './test-check.ts';

export interface ImportedContract {
  readonly dataset: string;
  /** In the short form; read again without a fault. */
  readonly text: string;
  readonly checks: number;
  readonly place: string;
}

export interface DbtImport {
  readonly contracts: readonly ImportedContract[];
  readonly notImported: readonly NotImported[];
}

export interface ImportOptions {
  /** Who owns models that name nobody. */
  readonly owner: string;
  readonly namespace: string | null;
}

/** Contracts in the short form of the models of a dbt project that promise anything: tests, or columns with types. */
export function importDbt({ models, notImported, reference }: ReadDbt, options: ImportOptions): DbtImport {
  const lost: NotImported[] = [...notImported];
  const contracts = models.flatMap((model) => {
    const quality = model.tests.flatMap((test) => qualityItem(test, reference, lost));
    const schema = model.columns.flatMap((column) => columnOf(column, model, lost));
    if (quality.length === 0 && schema.length === 0) return [];
    const document = {
      dataset: model.dataset,
      ...(options.namespace !== null && { namespace: options.namespace }),
      version: '1.0.0',
      owner: model.owner ?? options.owner,
      ...(model.description !== null && { description: model.description }),
      ...(quality.length > 0 && { quality: deduplicated(quality) }),
      ...(schema.length > 0 && { schema }),
    };
    const text = stringify(document, {
      version: '1.2',
      schema: 'core',
      lineWidth: 0,
      aliasDuplicateObjects: false,
    });
    const parsed = parseContract(text, `${model.dataset}.yaml`);
    if (parsed.status === 'ok')
      return [{ dataset: model.dataset, text, checks: parsed.contract.checks.length, place: model.place }];
    const reason = parsed.problems.map(formatProblem).join(' ');
    lost.push({ place: model.place, what: `model ${model.dataset}`, reason });
    return [];
  });
  return { contracts, notImported: lost };
}

type QualityItem = Readonly<Record<string, unknown>>;

/** The item of a test that our parser takes; else none, and the test is listed. */
function qualityItem(
  test: DbtTest,
  reference: ReadDbt['reference'],
  lost: NotImported[],
): readonly QualityItem[] {
  const what = test.column === null ? test.name : `${test.name} of ${test.column}`;
  const translated = testCheck(test, reference);
  if (translated.kind === 'none') {
    lost.push({ place: test.place, what, reason: translated.reason });
    return [];
  }
  const item = {
    ...(translated.kind === 'check'
      ? { check: translated.text }
      : { sql: translated.query, must: translated.must }),
    ...(test.severity === 'warn' && { severity: 'warn' }),
    ...(test.label !== null && { name: test.label }),
    ...(test.description !== null && { description: test.description }),
  };
  const probe = JSON.stringify({ dataset: 'a', owner: 'b', quality: [item] });
  const parsed = parseContract(probe, 'probe.yaml');
  if (parsed.status === 'ok') return [item];
  const [first] = parsed.problems;
  lost.push({
    place: test.place,
    what,
    reason: first === undefined ? '' : `${first.message}. ${first.mend}`,
  });
  return [];
}

/** The same test may stand at a column and in its constraints. */
function deduplicated(items: readonly QualityItem[]): readonly QualityItem[] {
  const known = new Set<unknown>();
  return items.filter((item) => {
    const identity = item['check'] ?? item['sql'];
    const fresh = !known.has(identity);
    known.add(identity);
    return fresh;
  });
}

const FLAGS: Readonly<Record<string, string>> = {
  not_null: 'required',
  unique: 'unique',
  primary_key: 'primary_key',
};

/** A column whose type is stated. dbt holds a model to its constraints only when its contract is enforced. */
function columnOf(column: DbtColumn, model: DbtModel, lost: NotImported[]): readonly QualityItem[] {
  if (column.type === null) return [];
  const type = shortTypeOfWarehouse(column.type);
  if (type === null) {
    const reason = 'The short form has no such type.';
    lost.push({ place: column.place, what: `type ${column.type} of ${column.name}`, reason });
    return [];
  }
  const flags: Record<string, true> = {};
  for (const { type: constraint, place } of column.constraints) {
    const flag = Object.hasOwn(FLAGS, constraint) ? FLAGS[constraint] : undefined;
    if (flag !== undefined && model.enforced) flags[flag] = true;
    else
      lost.push({
        place,
        what: `constraint ${constraint} of ${column.name}`,
        reason:
          flag === undefined
            ? 'Assay takes not_null, unique and primary_key.'
            : 'The contract of the model is not enforced.',
      });
  }
  const pii =
    typeof column.pii === 'string' ? (PII_KIND.test(column.pii) ? column.pii : true) : column.pii === true;
  return [
    {
      name: column.name,
      type,
      ...(column.description !== null && { description: column.description }),
      ...flags,
      ...(pii !== false && { pii }),
      ...(column.tags.length > 0 && { tags: column.tags }),
    },
  ];
}
