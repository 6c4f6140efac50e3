import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import {
  claimsOf,
  facetSetId,
  facetsNow,
  mergeFacetClaims,
  storedClaims,
  type FacetClaims,
  type FacetIds,
  type StatedSet,
} from '#model/facet-set.ts';
import { contentId, type Uuid } from '#model/ids.ts';

const key = (n: number): Uuid => `00000000-0000-0000-0000-${String(n).padStart(12, '0')}`;

/** An event's statement: few names, few contents, few times, so that they meet often. */
const statement = (): fc.Arbitrary<{ at: number; facets: FacetIds }> =>
  fc.record({
    at: fc.nat(6),
    facets: fc.dictionary(
      fc.constantFrom('a', 'b', 'c', 'd'),
      fc.option(
        fc.nat(2).map((content) => contentId(String(content))),
        { nil: null },
      ),
      { minKeys: 1 },
    ),
  });

/** By the definition: of each name the last statement, all statements at hand. */
function directly(statements: readonly { claim: StatedSet; facets: FacetIds }[]): Record<string, Uuid> {
  const now: Record<string, Uuid | null> = {};
  const inOrder = statements.toSorted((x, y) =>
    x.claim.key === y.claim.key ? (x.claim.set < y.claim.set ? -1 : 1) : x.claim.key < y.claim.key ? -1 : 1,
  );
  for (const { facets } of inOrder) for (const [name, id] of Object.entries(facets)) now[name] = id;
  return Object.fromEntries(
    Object.entries(now).filter((entry): entry is [string, Uuid] => entry[1] !== null),
  );
}

describe('sets of facets', () => {
  test('merged in any grouping, order and repetition they say what all statements say', () => {
    fc.assert(
      fc.property(
        fc.array(statement(), { maxLength: 12 }).chain((statements) =>
          fc.tuple(
            fc.constant(statements),
            fc.shuffledSubarray([...statements.keys(), ...statements.keys()], {
              minLength: statements.length,
            }),
            fc.nat(12),
          ),
        ),
        ([statements, order, cut]) => {
          const all = statements.map(({ at, facets }) => ({
            claim: { key: key(at), set: facetSetId(facets) },
            facets,
          }));
          const contents = new Map(all.map(({ claim, facets }) => [claim.set, facets]));
          const together = all.reduce<FacetClaims>(
            (known, { claim }) => mergeFacetClaims(known, [claim]),
            [],
          );
          const pick = (indices: readonly number[]): FacetClaims =>
            indices.reduce<FacetClaims>((known, index) => {
              const entry = all[index];
              return entry ? mergeFacetClaims([entry.claim], known) : known;
            }, []);
          const rest = [...all.keys()].filter((index) => !order.includes(index));
          const parts = mergeFacetClaims(
            pick(order.slice(cut)),
            mergeFacetClaims(pick(rest), pick(order.slice(0, cut))),
          );
          assert.deepEqual(parts, together);
          const now = Object.fromEntries(
            [...facetsNow(together, contents)].map(([name, { id }]) => [name, id]),
          );
          assert.deepEqual({ ...now }, directly(all));
          const rowKey = key(6);
          assert.deepEqual(claimsOf(storedClaims(together, rowKey), rowKey), together);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('a set stated again keeps one claim, other names keep theirs', () => {
    const [a, b] = [{ owner: contentId('1') }, { owner: contentId('1'), tags: contentId('2') }];
    const claims = mergeFacetClaims(
      [{ key: key(1), set: facetSetId(a) }],
      mergeFacetClaims([{ key: key(2), set: facetSetId(b) }], [{ key: key(3), set: facetSetId(a) }]),
    );
    assert.deepEqual(claims, [
      { key: key(2), set: facetSetId(b) },
      { key: key(3), set: facetSetId(a) },
    ]);
  });

  test('the id does not depend on the order of names, and tells a deletion from a content', () => {
    const id = contentId('1');
    assert.equal(facetSetId({ a: id, b: null }), facetSetId({ b: null, a: id }));
    assert.notEqual(facetSetId({ a: id }), facetSetId({ a: null }));
    assert.equal(facetSetId({ a: id }).slice(0, 8), facetSetId({ a: null }).slice(0, 8));
  });
});
