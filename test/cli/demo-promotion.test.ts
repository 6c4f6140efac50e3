import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CollectorApi, Evaluation } from '#cli/demo/collector-api.ts';
import { promote } from '#cli/demo/promote.ts';
import { describeReport, type DemoReport } from '#cli/demo/report.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const REQUEST = {
  dataset: 'gold.daily_routes',
  partition: 'flight_date=2001-01-01',
  staging: 'staging.daily_routes_20010101',
  now: NOW,
};

function reason(checkId: string, status: string, holds = true): Evaluation['reasons'][number] {
  return { checkId, status, message: `${checkId} ${status}`, waivedBy: null, holds };
}

/** A gate that gives one evaluation and writes down what it is asked. */
function gate(evaluation: Pick<Evaluation, 'decision' | 'reasons'>): {
  readonly api: CollectorApi;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const api: CollectorApi = {
    pushContract: () => Promise.reject(new Error('not asked for')),
    served: () => Promise.reject(new Error('not asked for')),
    settled: () => Promise.reject(new Error('not asked for')),
    incidents: () => Promise.reject(new Error('not asked for')),
    async evaluate({ staging }) {
      asked.push(`evaluate ${staging}`);
      return { id: 'e1', version: 'v1', ...evaluation };
    },
    async requestWaiver(id, { checkIds, requestedBy, expiresAt }) {
      asked.push(`waive ${id} ${checkIds.join(' ')} by ${requestedBy} until ${expiresAt}`);
      return 'w1';
    },
    async approveWaiver(id, by) {
      asked.push(`approve ${id} by ${by}`);
    },
    async publish({ id, version }) {
      asked.push(`publish ${id} ${version}`);
    },
  };
  return { api, asked };
}

describe('promotion', () => {
  test('what the gate allows is published by the evaluation itself', async () => {
    const { api, asked } = gate({ decision: 'allow', reasons: [] });
    assert.deepEqual(await promote(api, REQUEST), { status: 'published', waived: false, already: false });
    assert.deepEqual(asked, ['evaluate staging.daily_routes_20010101']);
  });

  test('what is only learning is waived by a second person, for these checks alone, and published', async () => {
    const reasons = [reason('a', 'learning'), reason('b', 'learning', false)];
    const { api, asked } = gate({ decision: 'unknown', reasons });
    assert.deepEqual(await promote(api, REQUEST), { status: 'published', waived: true, already: false });
    assert.deepEqual(asked, [
      'evaluate staging.daily_routes_20010101',
      'waive e1 a by ada@example.com until 2026-01-02T00:00:00.000Z',
      'approve w1 by grace@example.com',
      'publish e1 v1',
    ]);
  });

  test('a failure is held, also beside checks that are learning', async () => {
    const reasons = [reason('a', 'fail'), reason('b', 'learning')];
    const { api, asked } = gate({ decision: 'block', reasons });
    assert.deepEqual(await promote(api, REQUEST), { status: 'held', reasons: ['a fail', 'b learning'] });
    assert.equal(asked.length, 1);
  });

  test('an error is held: not knowing is not learning', async () => {
    const { api, asked } = gate({ decision: 'unknown', reasons: [reason('gate.not_measured', 'error')] });
    assert.deepEqual(await promote(api, REQUEST), { status: 'held', reasons: ['gate.not_measured error'] });
    assert.equal(asked.length, 1);
  });
});

test('the report for people names what was held and why, and where to look', () => {
  const report: DemoReport = {
    events: 1456,
    datasets: 4,
    partitions: { promoted: 181, blocked: 1 },
    waived: 3,
    alreadyPublished: 0,
    blocked: [
      { dataset: 'gold.daily_routes', partition: 'flight_date=2001-07-01', reasons: ['row_count is 6'] },
    ],
    findings: [
      {
        dataset: 'silver.flights',
        partition: 'flight_date=2001-05-22',
        metric: 'row_count',
        score: -2.1,
        message: 'mild',
      },
      {
        dataset: 'bronze.flights',
        partition: 'flight_date=2001-03-05',
        metric: 'row_count',
        score: -5,
        message: 'snow',
      },
      {
        dataset: 'silver.flights',
        partition: 'flight_date=2001-03-05',
        metric: 'row_count',
        score: -4.9,
        message: 'snow again',
      },
      {
        dataset: 'silver.flights',
        partition: 'flight_date=2001-02-25',
        metric: 'avg(delay)',
        score: 9,
        message: 'late',
      },
    ],
    notices: [
      {
        dataset: 'silver.flights',
        partition: 'flight_date=2001-04-11',
        metric: 'row_count',
        score: -3,
        message: 'fewer',
      },
    ],
    incidents: [
      {
        id: '00000000-0000-4000-8000-000000000001',
        state: 'open',
        severity: 'critical',
        root: 'bronze.flights',
        summary: 'row_count is 6',
        evidence: [
          {
            dataset: 'bronze.flights',
            partition: 'flight_date=2001-07-01',
            source: 'verdict',
            subject: 'row_count',
          },
        ],
        held: ['gold.daily_routes flight_date=2001-07-01'],
      },
    ],
    seconds: 31.25,
  };
  const text = describeReport(report, 'http://127.0.0.1:4100');
  for (const part of [
    '1,456 events',
    '181 daily partitions (3 by a waiver',
    'flight_date=2001-07-01',
    '  - row_count is 6',
    '  - bronze.flights, critical: row_count is 6 (1 piece of evidence; holds gold.daily_routes flight_date=2001-07-01)',
    'http://127.0.0.1:4100',
  ]) {
    assert.ok(text.includes(part), `${part} is missing in:\n${text}`);
  }
  assert.match(
    text,
    /Findings: 4; worth a note: 1\. The largest in rows:\n {2}- bronze.flights flight_date=2001-03-05: snow\n {2}- silver.flights flight_date=2001-04-11: fewer\n {2}- silver.flights flight_date=2001-05-22: mild\n\n/,
  );
  assert.ok(!describeReport(report, null).includes('Open'));
});
