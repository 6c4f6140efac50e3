import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { auditHash, chain, CHAIN_START, follow, type AuditEntry, type ChainedEntry } from '#model/audit.ts';

const ACTS = Array.from({ length: 6 }, (_, index) => ({
  id: index * 2 + 1,
  at: new Date(1_767_225_600_000 + index),
  actor: index % 2 === 0 ? 'Ada' : null,
  action: 'waiver.approved',
  subject: 'waiver',
  subjectId: `w${index}`,
  datasetId: null,
  detail: `{"n": ${index}}`,
}));

test('the hash is that of a text which anybody can make again', () => {
  const [first] = chain(CHAIN_START, ACTS);
  const text = `["${'0'.repeat(64)}",1,1,"2026-01-01T00:00:00.000Z","Ada","waiver.approved","waiver","w0",null,"{\\"n\\": 0}"]`;
  assert.equal(first?.hash, createHash('sha256').update(text).digest('hex'));
});

test('a chain that is as it was written is followed to its end, in pages', () => {
  const entries = chain(CHAIN_START, ACTS);
  const { head, broken } = follow(follow(CHAIN_START, entries.slice(0, 4)).head, entries.slice(4));
  assert.deepEqual([head, broken], [{ position: 6, hash: entries[5]?.hash }, null]);
  const more = chain(head, ACTS.slice(0, 1));
  assert.equal(follow(CHAIN_START, [...entries, ...more]).broken, null);
});

test('every change of an entry breaks the chain where it was made', () => {
  const entries = chain(CHAIN_START, ACTS);
  const changes: Partial<ChainedEntry>[] = [
    { id: 99 },
    { at: new Date(0) },
    { actor: 'Eve' },
    { actor: null },
    { action: 'waiver.requested' },
    { subject: 'mark' },
    { subjectId: 'w9' },
    { datasetId: 'd' },
    { detail: '{"n":2}' },
    { hash: 'f'.repeat(64) },
  ];
  for (const change of changes) {
    const forged = entries.with(2, { ...(entries[2] as ChainedEntry), ...change });
    const { broken, head } = follow(CHAIN_START, forged);
    assert.deepEqual([broken?.position, head.position], [3, 2], JSON.stringify(change));
  }
});

test('an entry that was taken out, put in or moved breaks it too, also when its own hash was made to fit', () => {
  const entries = chain(CHAIN_START, ACTS);
  assert.match(follow(CHAIN_START, entries.toSpliced(2, 1)).broken?.why ?? '', /entry 3 is missing/);
  assert.match(follow(CHAIN_START, entries.toSpliced(1, 3)).broken?.why ?? '', /entries 2 to 4 are missing/);
  assert.equal(follow(CHAIN_START, entries.toSpliced(0, 1)).broken?.position, 1);
  const third = entries[2] as ChainedEntry;
  const put: AuditEntry = { ...third, actor: 'Eve' };
  const forged = entries.with(2, { ...put, hash: auditHash(entries[1]?.hash ?? '', put) });
  assert.equal(follow(CHAIN_START, forged).broken?.position, 4);
});
