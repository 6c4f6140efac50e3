import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFeeds, type setFeed } from '#adapters/starrocks/feeds.ts';
import { seededRandom } from '#test/bench/statistics.ts';
import { playBreaker } from '#test/explore/breaker/schedule.ts';

const SCHEDULES = 500;

test('crashes, lost answers, late statements, two collectors and a person break no promise of the breaker', async () => {
  const found: string[] = [];
  for (let seed = 1; seed <= SCHEDULES && found.length < 1; seed += 1) {
    const { violations, trace } = await playBreaker(seededRandom(seed));
    if (violations.length > 0)
      found.push(`seed ${seed}: ${violations.join('; ')}\n${trace.slice(-60).join('\n')}`);
  }
  assert.deepEqual(found, []);
});

test('the explorer finds out when what somebody else paused counts as ours', async () => {
  const greedy: typeof readFeeds = async (session, target) => {
    const outcome = await readFeeds(session, target);
    if (outcome.status !== 'success' || outcome.value === null) return outcome;
    const feeds = outcome.value.feeds.map((feed) => ({
      ...feed,
      pausedBy: feed.pausedBy === null ? null : ('self' as const),
    }));
    return { status: 'success', value: { ...outcome.value, feeds } };
  };
  const blind: typeof setFeed = async (session, _, { name }, to) => {
    await session
      .query(`${to === 'paused' ? 'PAUSE' : 'RESUME'} ROUTINE LOAD FOR \`gold\`.\`${name}\``)
      .catch(() => []);
    return { status: 'success', value: null };
  };
  const found = new Set<string>();
  for (let seed = 1; seed <= SCHEDULES && found.size === 0; seed += 1) {
    const played = await playBreaker(seededRandom(seed), { readFeeds: greedy, setFeed: blind });
    for (const violation of played.violations) found.add(violation);
  }
  assert.match([...found].join('; '), /what somebody else paused was resumed/);
});
