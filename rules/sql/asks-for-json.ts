import type { Fact } from '#model/fact.ts';
import type { Operand, Predicate } from '#model/predicate.ts';

/** Whether a fact looks into texts of JSON, which an older version of its engine may refuse. */
export function readsJson({ predicate, where }: Fact): boolean {
  return [predicate, where].some((one) => one !== null && asksForJson(one));
}

function asksForJson(predicate: Predicate): boolean {
  switch (predicate.type) {
    case 'and':
    case 'or':
      return predicate.predicates.some(asksForJson);
    case 'not':
      return asksForJson(predicate.predicate);
    case 'matches_schema':
      return true;
    case 'is_parseable':
      return predicate.as === 'json' || looksIntoJson(predicate.operand);
    case 'compare':
      return [predicate.left, predicate.right].some(looksIntoJson);
    case 'between':
      return [predicate.operand, predicate.low, predicate.high].some(looksIntoJson);
    case 'within_radius':
    case 'inside_polygon':
      return [predicate.latitude, predicate.longitude].some(looksIntoJson);
    default:
      return looksIntoJson(predicate.operand);
  }
}

function looksIntoJson(operand: Operand): boolean {
  switch (operand.type) {
    case 'json_value':
    case 'json_number':
      return true;
    case 'arithmetic':
      return [operand.left, operand.right].some(looksIntoJson);
    case 'length':
    case 'lower':
    case 'upper':
    case 'trim':
    case 'abs':
      return looksIntoJson(operand.of);
    default:
      return false;
  }
}
