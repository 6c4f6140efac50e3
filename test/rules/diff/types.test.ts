import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typeRelation } from '#rules/diff/type-relation.ts';

const OPPOSITE = { same: 'same', wider: 'narrower', narrower: 'wider', other: 'other' } as const;

for (const [before, after, relation] of [
  ['int', 'INTEGER', 'same'],
  ['text', 'string', 'same'],
  ['varchar', 'string', 'same'],
  ['character varying(10)', 'VARCHAR(10)', 'same'],
  ['double precision', 'double', 'same'],
  ['number(10, 0)', 'decimal(10,0)', 'same'],
  ['timestamp with time zone', 'timestamptz', 'same'],
  ['tinyint', 'smallint', 'wider'],
  ['int', 'bigint', 'wider'],
  ['bigint', 'largeint', 'wider'],
  ['int', 'double', 'wider'],
  ['bigint', 'double', 'other'],
  ['int', 'decimal(10,0)', 'wider'],
  ['int', 'decimal(11,2)', 'other'],
  ['int', 'decimal(12,2)', 'wider'],
  ['bigint', 'decimal(19)', 'wider'],
  ['float', 'double', 'wider'],
  ['real', 'float', 'same'],
  ['decimal(10,2)', 'decimal(12,2)', 'wider'],
  ['decimal(10,2)', 'decimal(12,4)', 'wider'],
  ['decimal(12,2)', 'decimal(12,4)', 'other'],
  ['decimal(10,2)', 'decimal', 'other'],
  ['decimal(10,2)', 'double', 'other'],
  ['varchar(32)', 'varchar(64)', 'wider'],
  ['varchar(32)', 'text', 'wider'],
  ['char(2)', 'varchar(2)', 'wider'],
  ['char(2)', 'char(3)', 'other'],
  ['string', 'int', 'other'],
  ['uuid', 'string', 'other'],
  ['date', 'timestamp', 'other'],
  ['timestamp(3)', 'timestamp(6)', 'wider'],
  ['timestamp', 'timestamptz', 'other'],
  ['timestamp', 'datetime', 'other'],
  ['binary(4)', 'binary', 'wider'],
  ['array<int>', 'array<bigint>', 'wider'],
  ['array', 'array<int>', 'wider'],
  ['map<string, int>', 'map<string, bigint>', 'wider'],
  ['map<string, int>', 'map<int, int>', 'other'],
  ['struct<a: int>', 'struct<a: int, b: string>', 'wider'],
  ['struct<a: int, b: string>', 'struct<b: string, a: int>', 'same'],
  ['struct<a: int, b: string>', 'struct<a: bigint>', 'other'],
  ['struct<a: array<struct<x: int>>>', 'STRUCT<a: ARRAY<STRUCT<x: BIGINT>>>', 'wider'],
  ['array<int>', 'int', 'other'],
  ['geometry(Point, 4326)', 'geometry(Point,4326)', 'same'],
  ['geometry(Point, 4326)', 'geometry(Line, 4326)', 'other'],
  ['int unsigned', 'int', 'other'],
  ['array<'.repeat(30), 'array<'.repeat(30), 'same'],
] as const)
  test(`${before.slice(0, 60)} becomes ${after.slice(0, 60)}: ${relation}`, () => {
    assert.equal(typeRelation(before, after), relation);
    assert.equal(typeRelation(after, before), OPPOSITE[relation]);
    assert.equal(typeRelation(before, before), 'same');
  });
