import { isSameTrouble, mayShareCause, type Evidence } from '#model/evidence.ts';
import type { Uuid } from '#model/ids.ts';
import { inheritedBadness, missed, type LineageView } from './causality.ts';
import type { CorrelateOptions, OpenIncident } from './correlate.ts';

/** Outputs of one input are made within about this time of each other. Milliseconds. */
const SLACK = 3_600_000;
/** Outputs of a suspect that are weighed: a hub's thousandth healthy table says no more than the first hundreds. */
const MAX_OUTPUTS = 200;

/**
 * How much likelier one cause is than two when its consequences look alike, and when they differ: most are
 * handed on as they are.
 */
const SAME = 2;
const OTHER = 0.4;

/** One silent fault that explains several incidents. */
export interface SharedInput {
  readonly input: Uuid;
  /** Those that it explains beside the new evidence; the oldest first. */
  readonly incidents: readonly OpenIncident[];
}

/**
 * The silent input that explains open incidents and a new piece of evidence together better than faults of
 * their own: the likelihood ratio of "the input is bad" against "each failed by itself". Every output of it
 * that was looked at and passed speaks against it.
 * @param near incidents by the inputs that they share with the evidence.
 */
export function sharedInput(
  evidence: Evidence,
  near: ReadonlyMap<Uuid, readonly OpenIncident[]>,
  view: LineageView,
  options: Pick<CorrelateOptions, 'rates' | 'joined'>,
): SharedInput | null {
  let best: (SharedInput & { readonly odds: number }) | null = null;
  for (const [input, incidents] of near) {
    const found = weigh(input, incidents, evidence, view, options);
    if (found.odds <= options.joined || found.incidents.length === 0) continue;
    if (best === null || found.odds > best.odds || (found.odds === best.odds && input < best.input))
      best = { input, ...found };
  }
  return best;
}

function weigh(
  input: Uuid,
  incidents: readonly OpenIncident[],
  evidence: Evidence,
  view: LineageView,
  { rates }: Pick<CorrelateOptions, 'rates'>,
): { readonly odds: number; readonly incidents: readonly OpenIncident[] } {
  const { at } = evidence;
  const gain = (dataset: Uuid): number =>
    inheritedBadness(dataset, (id) => (id === input ? 1 : undefined), view, at, rates) / rates.ownFault;
  // The supposition itself: a fault of its own at the input, that nobody noticed.
  const prior = view.healthOf(input, at) === 'passed' ? missed(rates.ownFault, rates) : rates.ownFault;
  let odds = prior * gain(evidence.datasetId);
  const joined: OpenIncident[] = [];
  let since = (evidence.madeAt ?? at).getTime();
  for (const incident of incidents) {
    if (incident.members.has(input)) continue;
    const pieces = [...incident.heads].flatMap((head) => incident.members.get(head) ?? []);
    if (!pieces.some((piece) => mayShareCause(piece, evidence))) continue;
    const one = [...incident.heads].reduce((product, head) => product * gain(head), 1);
    if (one <= 1) continue;
    odds *= one * (pieces.some((piece) => isSameTrouble(piece, evidence)) ? SAME : OTHER);
    joined.push(incident);
    since = Math.min(since, ...pieces.map((piece) => (piece.madeAt ?? piece.at).getTime()));
  }
  const made = new Date(since - SLACK);
  for (const output of view.outputsOf(input).slice(0, MAX_OUTPUTS)) {
    if (output === evidence.datasetId || joined.some((incident) => incident.members.has(output))) continue;
    if (view.passedSince(output, made, at)) odds *= 1 - rates.spread * rates.detected;
  }
  return { odds, incidents: joined.toSorted((a, b) => a.openedAt - b.openedAt || (a.key < b.key ? -1 : 1)) };
}
