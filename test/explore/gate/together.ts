import type { Conclusion, PublishRequest } from '#model/ports.ts';
import { parseRef } from '#adapters/starrocks/candidate-ref.ts';
import { previousOf } from '#adapters/starrocks/keep-previous.ts';
import { publishTogether } from '#adapters/starrocks/publish.ts';
import { GOLD, goldAt, nameOf, port, SINGLE_PUBLISHERS, stageOf, type Publisher } from './publishers.ts';

const DAYS = ['2026-01-01', '2026-01-02'] as const;
const PARTITIONS = ['p20260101', 'p20260102'] as const;
const TARGET = 'gold.orders?by=replace';
const BETWEEN = ' & ';

const bounds = (day: string, next: string): string =>
  `[types: [DATE]; keys: [${day}]; ..types: [DATE]; keys: [${next}]; )`;
const keyOf = (day: string): string => `dt=${day}`;

/** The parts of a ref or a version that stands for both partitions. */
function bothOf(text: string): [string, string] {
  const [first = '', second = ''] = text.split(BETWEEN);
  return [first, second];
}

/**
 * Two partitions of one table, published by one statement: the explorer sees them as one content, and one that is
 * torn as something that nobody found good. Each has a row of its own in the ledger, so each is concluded by itself.
 */
export const together: Publisher = {
  name: 'replace together',
  target: TARGET,
  partition: DAYS.map(keyOf).join(BETWEEN),
  setUp: (frontEnd) => {
    const gold = frontEnd.createTable('gold.orders', true);
    frontEnd.write(gold, PARTITIONS[0], 'initial', bounds('2026-01-01', '2026-01-02'));
    frontEnd.write(gold, PARTITIONS[1], 'initial', bounds('2026-01-02', '2026-01-03'));
  },
  stageOf,
  take: async (session, request) => {
    const refs: string[] = [];
    for (const [at, day] of DAYS.entries()) {
      const needed = request.needed.flatMap((version) => bothOf(version)[at] ?? []);
      const token = `${request.token} ${day}`;
      const taken = await port.take(session, { ...request, token, needed, partition: keyOf(day) });
      if (taken.status !== 'success') return taken;
      refs.push(taken.value);
    }
    return { status: 'success', value: refs.join(BETWEEN) };
  },
  versionOf: async (session, ref) => {
    const versions: string[] = [];
    for (const one of bothOf(ref)) versions.push((await port.versionOf(session, one)) ?? 'gone');
    return versions.includes('gone') ? null : versions.join(BETWEEN);
  },
  contentOf: (frontEnd, ref) => {
    const contents = bothOf(ref).map(
      (one) =>
        frontEnd.tables.get(nameOf(GOLD))?.temporary.get(parseRef(one)?.partition ?? '')?.content ?? null,
    );
    // A pipeline that wrote between the two copies: a check of both finds it out.
    return contents[0] === contents[1] ? (contents[0] ?? null) : null;
  },
  publish: (session, request, mayBegin) => {
    const [refs, versions] = [bothOf(request.candidate.ref), bothOf(request.candidate.version)];
    const requests = DAYS.map((day, at): PublishRequest => {
      const candidate = { kind: 'table', ref: refs[at] ?? '', version: versions[at] ?? '' };
      return { token: `${request.token} ${day}`, target: TARGET, partition: keyOf(day), candidate };
    });
    return publishTogether(session, requests, mayBegin);
  },
  rollback: async () => ({ status: 'failure', reason: 'Partitions are rolled back one by one.' }),
  conclude: async (session, request) => {
    const conclusions: Conclusion[] = [];
    for (const [at, day] of DAYS.entries()) {
      const candidate = request.candidate && {
        ...request.candidate,
        ref: bothOf(request.candidate.ref)[at] ?? '',
        version: bothOf(request.candidate.version)[at] ?? '',
      };
      const token = `${request.token} ${day}`;
      conclusions.push(await port.conclude(session, { ...request, token, candidate, partition: keyOf(day) }));
    }
    const open = conclusions.find(({ status }) => status === 'retryable');
    if (open) return open;
    const [first, second] = conclusions;
    // One of them published and the other one never: that is what must not be.
    if (first?.status !== second?.status) throw new Error('Two partitions were concluded differently.');
    return first ?? { status: 'retryable', reason: 'Nothing was concluded.' };
  },
  gold: (frontEnd) => {
    const [first, second] = PARTITIONS.map((partition) => goldAt(frontEnd, partition));
    return first === second ? (first ?? null) : `torn: ${first} ${second}`;
  },
  isKept: (frontEnd, content) =>
    PARTITIONS.every(
      (partition) =>
        frontEnd.tables.get(nameOf(previousOf(GOLD)))?.formal.get(partition)?.content === content,
    ),
};

export const PUBLISHERS: readonly Publisher[] = [...SINGLE_PUBLISHERS, together];
