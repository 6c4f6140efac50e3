import { identify, NO_RULES, type NamedPartition, type NamingRules } from '#model/naming.ts';
import { PathMemo } from './path-memo.ts';

/** Gives a sent name its one spelling. Events name the same datasets again and again: each is worked out once. */
export type Identify = (namespace: string, name: string) => NamedPartition;

const LIMIT = 200_000;

/** @param rules of the configuration. */
export function identifyBy(rules: NamingRules): Identify {
  const known = new PathMemo<NamedPartition>(LIMIT);
  const make = (namespace: string, name: string): NamedPartition => identify(namespace, name, rules);
  return (namespace, name) => known.ofPair(namespace, name, make);
}

/** By the naming spec alone. */
export const identifyDataset: Identify = identifyBy(NO_RULES);
