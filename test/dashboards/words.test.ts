import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figure, partitionDay, relativeTime, shortName, visible } from '../../dashboards/web/parts/words.ts';

test('a long name keeps its beginning and its end, whole characters only', () => {
  assert.equal(shortName('orders'), 'orders');
  const short = shortName(`${'🦄'.repeat(100)}end`);
  assert.match(short, /^(🦄){55}…(🦄){21}end$/u);
});

test('characters that turn the text or cannot be seen are written out; joiners of emoji and letters stay', () => {
  assert.equal(visible('a\u202Eb\u0000c\u200Bd\u2066\n'), 'a⟨U+202E⟩b⟨U+0000⟩c⟨U+200B⟩d⟨U+2066⟩⟨U+000A⟩');
  assert.equal(visible('שלום 👩‍👩‍👧 é'), 'שלום 👩‍👩‍👧 é');
});

test('figures, days and spans of time', () => {
  assert.deepEqual([16_420, 0.012345, 1234.56, null].map(figure), ['16,420', '0.01235', '1,235', '–']);
  assert.match(partitionDay('2001-07-01T00:00:00.000Z'), /^Sun,? 1 Jul 2001$/);
  assert.match(partitionDay('2001-07-01T13:00:00.000Z'), /13:00 UTC/);
  const now = Date.parse('2026-01-02T00:00:00Z');
  const ago = (iso: string) => relativeTime(iso, now);
  assert.equal(ago('2026-01-01T23:59:30Z'), 'just now');
  assert.equal(ago('2026-01-01T23:57:00Z'), '3 minutes ago');
  assert.equal(ago('2025-12-30T00:00:00Z'), '3 days ago');
});
