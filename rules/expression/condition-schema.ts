import type { ColumnType, HasColumns, SchemaUnchanged } from '#model/expression.ts';

import { printColumn } from './print-names.ts';
import { outcomeOf, type KnownColumns, type Outcome, type PreparedCondition } from './situation.ts';
import { sameType } from './same-type.ts';

/** Conditions on the columns themselves read no facts. */
const NO_FACTS = { facts: [], pastFacts: [], history: 0 } as const;

function notKnown(what: string): Outcome {
  return { verdict: 'no_data', value: null, message: `${what} is unknown: the columns are not known` };
}

export function prepareHasColumns(condition: HasColumns): PreparedCondition {
  const { columns, negated, exactly, inOrder } = condition;
  return {
    ...NO_FACTS,
    expected: `${negated ? 'without' : exactly ? 'exactly' : 'with'} ${columns.join(', ')}${inOrder ? ' in this order' : ''}`,
    evaluate: ({ evidence }) => {
      const now = evidence.schema?.now ?? null;
      if (now === null) return notKnown('has_columns');
      const names = now.map(({ name }) => name);
      const faults = faultsOf(condition, names);
      if (faults.length > 0) return outcomeOf(false, null, faults.join('; '));
      return outcomeOf(
        true,
        null,
        negated ? `no column is named ${columns.join(', ')}` : `the columns ${columns.join(', ')} are there`,
      );
    },
  };
}

function faultsOf(
  { columns, negated, exactly, inOrder }: HasColumns,
  names: readonly string[],
): readonly string[] {
  const present = columns.filter((name) => names.includes(name));
  if (negated) return present.map((name) => `the column ${name} is there and must not be`);
  const absent = columns.filter((name) => !names.includes(name));
  const more = exactly ? names.filter((name) => !columns.includes(name)) : [];
  const faults = [
    ...absent.map((name) => `the column ${name} is absent`),
    ...more.map((name) => `the column ${name} was not expected`),
  ];
  const places = columns.map((name) => names.indexOf(name));
  const inPlace = exactly
    ? places.every((place, index) => place === index)
    : places.every((place, index) => index === 0 || place > (places[index - 1] ?? -1));
  if (faults.length === 0 && inOrder && !inPlace)
    return [`the columns stand in the order ${names.filter((name) => columns.includes(name)).join(', ')}`];
  return faults;
}

export function prepareColumnType({ column, expected }: ColumnType): PreparedCondition {
  const { name } = column;
  const text = `column_type(${printColumn(name)})`;
  return {
    ...NO_FACTS,
    expected,
    evaluate: ({ evidence }) => {
      const now = evidence.schema?.now ?? null;
      if (now === null) return notKnown(text);
      const found = now.find((known) => known.name === name);
      if (found === undefined)
        return outcomeOf(false, null, `the column ${name} is absent, expected ${expected}`);
      if (found.type === '')
        return { verdict: 'no_data', value: null, message: `${text} is unknown: nobody states it` };
      return outcomeOf(
        sameType(found.type, expected),
        null,
        `${text} is ${found.type}, expected ${expected}`,
      );
    },
  };
}

export function prepareSchemaUnchanged({ since }: SchemaUnchanged): PreparedCondition {
  const what = since === 'last' ? 'the last partition' : "the contract's schema";
  return {
    ...NO_FACTS,
    expected: `as in ${what}`,
    evaluate: ({ evidence }) => {
      const now = evidence.schema?.now ?? null;
      if (now === null) return notKnown('schema unchanged');
      const before = (since === 'last' ? evidence.schema?.before : evidence.schema?.baseline) ?? null;
      if (before === null) {
        const message = `schema unchanged is not judged: the columns of ${what} are not known`;
        return { verdict: since === 'last' ? 'learning' : 'no_data', value: null, message };
      }
      const changes = changesOf(before, now);
      if (changes.length === 0) return outcomeOf(true, 0, `the columns are those of ${what}`);
      const shown = changes.slice(0, 5).join('; ');
      const more = changes.length > 5 ? ` and ${changes.length - 5} more` : '';
      return outcomeOf(false, changes.length, `${shown}${more}, compared with ${what}`);
    },
  };
}

function changesOf(before: KnownColumns, now: KnownColumns): readonly string[] {
  const past = new Map(before.map(({ name, type }) => [name, type]));
  const present = new Map(now.map(({ name, type }) => [name, type]));
  return [
    ...before.filter(({ name }) => !present.has(name)).map(({ name }) => `${name} is gone`),
    ...now.filter(({ name }) => !past.has(name)).map(({ name }) => `${name} is new`),
    ...now.flatMap(({ name, type }) => {
      const old = past.get(name);
      return !old || type === '' || sameType(old, type) ? [] : [`${name} was ${old} and is ${type}`];
    }),
  ];
}
