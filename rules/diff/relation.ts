/**
 * How what is allowed afterwards relates to what was allowed before. `other`: neither contains the other, or it cannot
 * be told; for who relied on the old promise that is as bad as looser.
 */
export type Relation = 'same' | 'looser' | 'tighter' | 'other';

/** All of the parts are promised together. */
export function together(relations: Iterable<Relation>): Relation {
  let all: Relation = 'same';
  for (const relation of relations) {
    if (relation === 'same' || relation === all) continue;
    if (all !== 'same') return 'other';
    all = relation;
  }
  return all;
}

export function reversed(relation: Relation): Relation {
  return relation === 'looser' ? 'tighter' : relation === 'tighter' ? 'looser' : relation;
}

/** @param before, after how much is allowed */
export function ofLimits(before: number, after: number): Relation {
  return before === after ? 'same' : after > before ? 'looser' : 'tighter';
}

/** @param before, after what is allowed */
export function ofSets(before: Iterable<string>, after: Iterable<string>): Relation {
  const [was, is] = [new Set(before), new Set(after)];
  const gone = [...was].some((value) => !is.has(value));
  const come = [...is].some((value) => !was.has(value));
  return gone ? (come ? 'other' : 'tighter') : come ? 'looser' : 'same';
}
