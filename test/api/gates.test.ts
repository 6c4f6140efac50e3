import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import Fastify, { type FastifyInstance } from 'fastify';
import { answerProblems } from '#api/answer.ts';
import { registerContractRoutes } from '#api/contracts.ts';
import { registerGateRoutes } from '#api/gates.ts';
import { stage } from '#test/adapters/postgres/warehouse.ts';
import { CONTRACT, served, testGate, type TestGate } from '#test/gate/gate.ts';

const DATASET = encodeURIComponent('gold.daily_routes');
const DAY = 'flight_date=2001-01-01';

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & {
    reasons?: { checkId: string; holds: boolean; waivedBy: string | null }[];
  };
}

async function api(
  t: TestContext,
  gate: TestGate,
): Promise<(method: 'GET' | 'POST', url: string, body?: object) => Promise<Answer>> {
  const app: FastifyInstance = Fastify();
  answerProblems(app);
  registerContractRoutes(app, gate.services);
  registerGateRoutes(app, gate.services);
  await app.ready();
  t.after(() => app.close());
  return async (method, url, body) => {
    const answer = await app.inject({ method, url: `/api/v2${url}`, ...(body && { payload: body }) });
    if (answer.statusCode >= 400)
      assert.match(String(answer.headers['content-type']), /application\/problem\+json/);
    return { status: answer.statusCode, body: answer.json() };
  };
}

test('evaluate, waive, approve and publish over HTTP', async (t) => {
  const gate = await testGate(t);
  const call = await api(t, gate);
  const ref = await stage(gate.house, '2001-01-01', 9);
  const order = { partition: DAY, candidate: { kind: 'table', ref }, publish: true, idempotencyKey: 'run' };
  const held = await call('POST', `/gates/${DATASET}/evaluations?namespace=demo`, order);
  assert.deepEqual(
    [held.status, held.body['decision'], held.body.reasons?.map(({ holds }) => holds)],
    [201, 'block', [true]],
  );
  const again = await call('POST', `/gates/${gate.dataset}/evaluations`, order);
  assert.deepEqual([again.status, again.body['id']], [200, held.body['id']]);
  const { id, candidate } = held.body as { id: string; candidate: { version: string } };
  const blocked = await call('POST', `/gates/evaluations/${id}/publish`, {
    expectedVersion: candidate.version,
  });
  assert.deepEqual([blocked.status, blocked.body['type']], [423, 'urn:assay:problem:blocked']);

  const asked = await call('POST', `/gates/evaluations/${id}/waivers`, {
    checkIds: held.body.reasons?.map(({ checkId }) => checkId),
    reason: 'known',
    requestedBy: 'Ada',
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  });
  assert.equal(asked.status, 201);
  assert.equal(
    (await call('POST', `/gates/waivers/${String(asked.body['id'])}/approve`, { approvedBy: 'ada' })).status,
    422,
  );
  const approved = await call('POST', `/gates/waivers/${String(asked.body['id'])}/approve`, {
    approvedBy: 'Grace',
  });
  assert.equal((approved.body['evaluations'] as { decision: string }[])[0]?.decision, 'allow');

  assert.equal(
    (await call('POST', `/gates/evaluations/${id}/publish`, { expectedVersion: 'other' })).status,
    409,
  );
  const published = await call('POST', `/gates/evaluations/${id}/publish`, {
    expectedVersion: candidate.version,
  });
  assert.deepEqual([published.status, published.body['state']], [200, 'published']);
  assert.deepEqual(await served(gate.house), ['2001-01-01 9']);
  const decision = await call('GET', `/gates/${DATASET}/decision?partition=${encodeURIComponent(DAY)}`);
  assert.deepEqual([decision.body['decision'], decision.body['state']], ['allow', 'published']);
  assert.equal((decision.body['published'] as { state: string }).state, 'published');
  const waited = await call('GET', `/gates/evaluations/${id}?wait=1`);
  assert.equal((waited.body['publication'] as { state: string }).state, 'published');
  assert.equal((await call('POST', `/gates/${DATASET}/rollback`, { partition: DAY })).status, 409);
});

test('several partitions are published at once over HTTP, or none of them', async (t) => {
  const gate = await testGate(t);
  const call = await api(t, gate);
  const evaluations: { id: string; expectedVersion: string }[] = [];
  for (const day of ['2001-01-01', '2001-01-02']) {
    const row = await gate.evaluate(day, 2);
    evaluations.push({ id: row.id, expectedVersion: row.candidate_version ?? '' });
  }
  const wrong = evaluations.map((one, at) => (at === 0 ? one : { ...one, expectedVersion: 'other' }));
  assert.equal((await call('POST', '/publications', { evaluations: wrong })).status, 409);
  assert.deepEqual(await served(gate.house), []);
  const answer = await call('POST', '/publications', { evaluations, requestedBy: 'Ada' });
  const items = answer.body['items'] as { state: string; partition: string }[];
  assert.deepEqual(
    [answer.status, items.map(({ partition, state }) => `${partition} ${state}`)],
    [200, ['flight_date=2001-01-01 published', 'flight_date=2001-01-02 published']],
  );
  assert.deepEqual(await served(gate.house), ['2001-01-01 2', '2001-01-02 2']);
  assert.equal((await call('POST', '/publications', { evaluations: [] })).status, 400);
});

test('publish: true publishes what is allowed; lists page by cursor', async (t) => {
  const gate = await testGate(t);
  const call = await api(t, gate);
  for (const day of ['2001-01-01', '2001-01-02', '2001-01-03']) {
    const ref = await stage(gate.house, day, 2);
    const answer = await call('POST', `/gates/${DATASET}/evaluations`, {
      partition: `flight_date=${day}`,
      candidate: { kind: 'table', ref },
      publish: true,
    });
    assert.equal(answer.body['state'], 'published');
  }
  const first = await call('GET', '/publications?state=published&limit=2');
  const rest = await call(
    'GET',
    `/publications?state=published&limit=2&cursor=${String(first.body['next'])}`,
  );
  const days = [first, rest].flatMap(({ body }) =>
    (body['items'] as { partition: string }[]).map(({ partition }) => partition.slice(-2)),
  );
  assert.deepEqual(days, ['03', '02', '01']);
  assert.equal(rest.body['next'], null);
  assert.deepEqual((await call('GET', '/publications?state=held')).body['items'], []);
});

test('asked in the background, an evaluation has an id at once and ends by itself', async (t) => {
  const gate = await testGate(t);
  const call = await api(t, gate);
  const ref = await stage(gate.house, '2001-01-01', 2);
  // Its measuring waits for this transaction.
  await gate.house.run('begin');
  await gate.house.run(`lock table ${ref}`);
  const order = { partition: DAY, candidate: { kind: 'table', ref }, publish: true, mode: 'async' };
  const begun = await call('POST', `/gates/${DATASET}/evaluations`, { ...order, idempotencyKey: 'a' });
  assert.deepEqual([begun.status, begun.body['state'], begun.body['decision']], [202, 'running', null]);
  assert.equal(begun.body['statusUrl'], `/api/v2/gates/evaluations/${String(begun.body['id'])}`);
  assert.ok(Date.parse(String(begun.body['leaseExpiresAt'])) > Date.parse(String(begun.body['requestedAt'])));
  await gate.house.run('commit');
  const again = await call('POST', `/gates/${DATASET}/evaluations`, {
    ...order,
    idempotencyKey: 'a',
    waitSeconds: 30,
  });
  assert.equal(again.body['id'], begun.body['id']);
  const ended = await call('GET', `/gates/evaluations/${String(begun.body['id'])}?wait=30`);
  assert.equal(ended.body['decision'], 'allow');
  const wrong = await call('POST', `/gates/${DATASET}/evaluations`, {
    ...order,
    partition: 'flight_date=2001-01-02',
    idempotencyKey: 'a',
  });
  assert.equal(wrong.status, 409, 'what is wrong before it begins is told');
});

test('a gate is frozen and let go over HTTP, and its answers say so', async (t) => {
  const gate = await testGate(t);
  const call = await api(t, gate);
  const ref = await stage(gate.house, '2001-01-01', 2);
  const frozen = await call('POST', `/gates/${DATASET}/freeze`, { reason: 'prices', requestedBy: 'Ada' });
  assert.deepEqual([frozen.status, frozen.body['frozen']], [200, true]);
  const held = await call('POST', `/gates/${DATASET}/evaluations`, {
    partition: DAY,
    candidate: { kind: 'table', ref },
    publish: true,
    idempotencyKey: 'k',
  });
  assert.deepEqual([held.status, held.body['decision'], held.body['state']], [201, 'block', 'passed']);
  assert.deepEqual(
    held.body.reasons?.map(({ checkId, holds }) => [checkId, holds]),
    [['gate.frozen', true]],
  );
  const decision = await call('GET', `/gates/${DATASET}/decision?partition=${encodeURIComponent(DAY)}`);
  assert.equal((decision.body['frozen'] as { author: string }).author, 'Ada');
  assert.deepEqual(await served(gate.house), []);
  const waiting = (await call('GET', '/publications?state=held')).body['items'] as {
    waitingSince: string | null;
  }[];
  assert.equal(waiting[0]?.waitingSince, held.body['requestedAt'], 'it is held, not ready');
  assert.deepEqual((await call('GET', `/gates/${DATASET}/events`)).body, { items: [] });
  assert.equal(
    (await call('POST', `/gates/${DATASET}/freeze`, { reason: 'x', requestedBy: 'y' })).status,
    409,
  );
  await call('POST', `/gates/${DATASET}/unfreeze`, { reason: 'mended', requestedBy: 'Grace' });
  assert.equal(((await call('GET', `/gates/${DATASET}/freezes`)).body['items'] as unknown[]).length, 2);
  const { id, candidate } = held.body as { id: string; candidate: { version: string } };
  const published = await call('POST', `/gates/evaluations/${id}/publish`, {
    expectedVersion: candidate.version,
  });
  assert.equal(published.body['state'], 'published');
});

test('contracts are pushed, linted, listed and shown', async (t) => {
  const gate = await testGate(t);
  const call = await api(t, gate);
  const text = CONTRACT.replace('1.0.0', '1.1.0');
  const pushed = await call('POST', '/contracts', { text, fileName: 'r.yaml', pushedBy: 'Ada' });
  assert.deepEqual([pushed.status, pushed.body['changed']], [201, true]);
  assert.equal((await call('POST', '/contracts', { text })).status, 200);
  const other = await call('POST', '/contracts', { text: `${text}# other\n` });
  assert.equal(other.status, 409);
  const faulty = await call('POST', '/contracts', { text: text.replace('sum(flights)', 'summ(flights)') });
  assert.deepEqual([faulty.status, faulty.body['type']], [422, 'urn:assay:problem:invalid_contract']);
  assert.equal((faulty.body['errors'] as { line: number }[])[0]?.line, 10);
  const linted = await call('POST', '/contracts/lint', { text: 'quality: 7', fileName: 'x.yaml' });
  assert.deepEqual([linted.status, linted.body['valid']], [200, false]);
  const shown = await call('GET', `/contracts/${DATASET}?namespace=demo`);
  assert.deepEqual([shown.body['version'], (shown.body['versions'] as unknown[]).length], ['1.1.0', 2]);
  assert.equal((await call('GET', `/contracts/${DATASET}?version=1.0.0`)).body['text'], CONTRACT);
  const list = await call('GET', '/contracts?limit=1');
  assert.equal((list.body['items'] as unknown[]).length, 1);
  assert.deepEqual(
    (await call('GET', `/contracts?cursor=${encodeURIComponent(String(list.body['next']))}`)).body['items'],
    [],
  );
});

test('bad requests are answered in words', async (t) => {
  const gate = await testGate(t);
  const call = await api(t, gate);
  const candidate = { kind: 'table', ref: 'staging.x' };
  const cases: [number, string, 'GET' | 'POST', string, object?][] = [
    [404, 'contract_not_found', 'POST', '/gates/unknown/evaluations', { partition: '', candidate }],
    [404, 'contract_not_found', 'GET', '/gates/unknown/decision'],
    [404, 'contract_not_found', 'GET', '/contracts/unknown'],
    [404, 'evaluation_not_found', 'GET', '/gates/evaluations/none'],
    [404, 'evaluation_not_found', 'POST', '/gates/evaluations/none/publish', { expectedVersion: 'v' }],
    [404, 'not_found', 'POST', '/gates/waivers/none/approve', { approvedBy: 'Grace' }],
    [404, 'publication_not_found', 'POST', `/gates/${DATASET}/rollback`, { partition: DAY }],
    [400, 'invalid_request', 'POST', `/gates/${DATASET}/evaluations`, { candidate }],
    [400, 'invalid_request', 'POST', `/gates/${DATASET}/evaluations`, { partition: 5, candidate }],
    [
      400,
      'invalid_request',
      'POST',
      `/gates/${DATASET}/evaluations`,
      { partition: DAY, candidate, pubish: true },
    ],
    [400, 'invalid_request', 'GET', '/publications?state=gone'],
    [400, 'invalid_request', 'GET', '/publications?cursor=x'],
  ];
  for (const [status, kind, method, url, body] of cases) {
    const answer = await call(method, url, body);
    assert.deepEqual(
      [answer.status, answer.body['type']],
      [status, `urn:assay:problem:${kind}`],
      `${method} ${url}`,
    );
    assert.equal(typeof answer.body['detail'], 'string');
  }
  assert.deepEqual(
    (await call('GET', `/gates/${DATASET}/decision?partition=${DAY}`)).body['decision'],
    'unknown',
  );
});

interface Page {
  readonly evaluation: { id: string; state: string };
  readonly owner: string;
  readonly newerEvaluationId: string | null;
  readonly serving: { candidateVersion: string } | null;
  readonly waivers: { id: string; state: string; requestedBy: string; approvedBy: string | null }[];
  readonly nextSteps: { kind: string; text: string; command: string | null }[];
  readonly evaluations: { evaluationId: string }[];
  readonly waiting: { since: string } | null;
}

test('one address says of a decision why, who let it pass, what is served and what to do next', async (t) => {
  const gate = await testGate(t);
  const call = await api(t, gate);
  const page = async (id: string): Promise<Page> => {
    const { status, body } = await call('GET', `/publications/${id}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body as unknown as Page;
  };
  const kinds = ({ nextSteps }: Page): string[] => nextSteps.map(({ kind }) => kind);

  const held = await gate.evaluate('2001-01-01', 9);
  let shown = await page(held.id);
  assert.deepEqual(
    [shown.evaluation.state, shown.owner, shown.serving],
    ['failed', 'planning@example.com', null],
  );
  assert.deepEqual(kinds(shown), ['load_again', 'waive']);
  assert.ok(shown.waiting?.since);
  const command = shown.nextSteps[1]?.command ?? '';
  const [check] = held.reasons;
  assert.ok(command.startsWith(`assay gate waive ${held.id} --check ${check?.checkId} `), command);

  const waiver = await call('POST', `/gates/evaluations/${held.id}/waivers`, {
    checkIds: [check?.checkId],
    reason: 'a new hub',
    requestedBy: 'Ada',
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  });
  shown = await page(held.id);
  assert.deepEqual(kinds(shown), ['approve', 'load_again']);
  assert.deepEqual(
    shown.waivers.map(({ state, requestedBy, approvedBy }) => [state, requestedBy, approvedBy]),
    [['waits', 'Ada', null]],
  );
  await call('POST', `/gates/waivers/${String(waiver.body['id'])}/approve`, { approvedBy: 'Grace' });
  shown = await page(held.id);
  assert.deepEqual([kinds(shown), shown.waivers[0]?.state], [['publish'], 'in_force']);

  await call('POST', `/gates/${DATASET}/freeze`, { reason: 'wrong prices', requestedBy: 'Eve' });
  assert.deepEqual(kinds(await page(held.id)), ['unfreeze', 'publish']);
  await call('POST', `/gates/${DATASET}/unfreeze`, { reason: 'mended', requestedBy: 'Eve' });
  await call('POST', `/gates/evaluations/${held.id}/publish`, { expectedVersion: held.candidate_version });
  shown = await page(held.id);
  assert.deepEqual(
    [shown.evaluation.state, shown.serving?.candidateVersion],
    ['published', held.candidate_version],
  );

  const better = await gate.evaluate('2001-01-01', 3, { table: 'better' });
  await call('POST', `/gates/evaluations/${better.id}/publish`, {
    expectedVersion: better.candidate_version,
  });
  assert.deepEqual(kinds(await page(better.id)), ['rollback']);
  shown = await page(held.id);
  assert.deepEqual([kinds(shown), shown.newerEvaluationId], [['see_newer'], better.id]);
  assert.deepEqual(
    shown.evaluations.map(({ evaluationId }) => evaluationId),
    [better.id, held.id],
  );

  const { body } = await call('GET', `/publications/${held.id}`);
  assert.deepEqual(
    (body['acts'] as { actor: string | null; action: string }[]).map(
      ({ actor, action }) => `${actor} ${action}`,
    ),
    [
      'null gate.decided',
      'Ada waiver.requested',
      'Grace waiver.approved',
      'null gate.decided',
      'null publish.publishing',
      'null publish.published',
      'null publish.replaced',
    ],
  );
  for (const id of ['nobody', '01950000-0000-7000-8000-000000000009'])
    assert.equal((await call('GET', `/publications/${id}`)).status, 404);
});
