import { fitAsCause, isSameTrouble, type Evidence } from '#model/evidence.ts';
import type { Uuid } from '#model/ids.ts';
import type { Attachment, IncidentGroup, IncidentRoot, MergedIncident } from '#model/incident.ts';
import {
  inheritedBadness,
  missed,
  MAX_GENERATIONS,
  SPREAD_RATES,
  type LineageView,
  type SpreadRates,
} from './causality.ts';
import { sharedInput } from './shared-input.ts';
import { ancestorsOf } from './ancestors.ts';

export interface CorrelateOptions {
  /** Evidence joins an incident of which something was seen at most this long before. Milliseconds. */
  readonly window: number;
  /** Siblings under a silent input are joined when they were seen within this time of each other. Milliseconds. */
  readonly siblingWindow: number;
  readonly rates: SpreadRates;
  /** How likely something bad above must explain evidence before it is folded under it, 0..1. */
  readonly explained: number;
  /** How many times likelier one silent fault must be than two of their own before siblings are joined. */
  readonly joined: number;
}

const HOUR = 3_600_000;
/** How surely the silent input that siblings share is bad. */
const SUSPECTED = 0.9;
export const CORRELATE: CorrelateOptions = {
  window: 3 * HOUR,
  siblingWindow: 0.75 * HOUR,
  rates: SPREAD_RATES,
  explained: 0.93,
  joined: 10,
};

/**
 * Folds evidence into incidents. The result depends on the set of evidence only: however it arrived, it is
 * taken in the order in which it was seen, and every piece lies in exactly one incident.
 */
export function correlate(
  evidence: readonly Evidence[],
  view: LineageView,
  options: CorrelateOptions = CORRELATE,
): IncidentGroup[] {
  const correlator = new Correlator(view, options);
  for (const piece of inOrder(evidence)) correlator.add(piece);
  return correlator.groups();
}

/** Each piece once, in the order in which it was seen. */
export function inOrder(evidence: readonly Evidence[]): Evidence[] {
  const once = new Map(evidence.map((piece) => [piece.id, piece]));
  return [...once.values()].toSorted(
    (a, b) => a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
}

/** An incident while it grows. */
export class OpenIncident {
  readonly key: string;
  root: IncidentRoot;
  readonly attachments: Attachment[] = [];
  /** Evidence by dataset. */
  readonly members = new Map<Uuid, Evidence[]>();
  /** Members that no other member explains. */
  readonly heads = new Set<Uuid>();
  readonly merged: MergedIncident[] = [];
  openedAt: number;
  lastAt: number;

  constructor(first: Evidence) {
    this.key = first.id;
    this.root = { datasetId: first.datasetId, how: 'observed' };
    this.openedAt = this.lastAt = first.at.getTime();
    this.heads.add(first.datasetId);
  }

  take(attachment: Attachment): void {
    const { evidence } = attachment;
    this.attachments.push(attachment);
    this.lastAt = Math.max(this.lastAt, evidence.at.getTime());
    const before = this.members.get(evidence.datasetId);
    if (before) before.push(evidence);
    else this.members.set(evidence.datasetId, [evidence]);
  }
}

/** Takes evidence in the order in which it was seen. */
export class Correlator {
  readonly #view: LineageView;
  readonly #options: CorrelateOptions;
  readonly #incidents = new Set<OpenIncident>();
  /** Incidents by their members' datasets, and by what lies above their members. */
  readonly #byMember = new Map<Uuid, Set<OpenIncident>>();
  readonly #byAncestor = new Map<Uuid, Set<OpenIncident>>();

  constructor(view: LineageView, options: CorrelateOptions = CORRELATE) {
    this.#view = view;
    this.#options = options;
  }

  /** Adds a piece; resolves to the incident that it lies in now. */
  add(evidence: Evidence): IncidentGroup {
    const above = ancestorsOf(evidence.datasetId, this.#view, MAX_GENERATIONS + 1);
    const home =
      this.#sameVersion(evidence) ??
      this.#downstreamOf(evidence, above) ??
      this.#sameDataset(evidence) ??
      this.#upstreamOf(evidence) ??
      this.#besides(evidence, above) ??
      this.#begin(evidence);
    this.#index(home, evidence.datasetId, above);
    return groupOf(home);
  }

  groups(): IncidentGroup[] {
    return [...this.#incidents].map(groupOf);
  }

  /** 1. The same data is in an open incident already. */
  #sameVersion(evidence: Evidence): OpenIncident | null {
    const same = this.#open(this.#byMember.get(evidence.datasetId), evidence).filter((incident) =>
      (incident.members.get(evidence.datasetId) ?? []).some((piece) => isSameVersion(piece, evidence)),
    );
    const home = latest(same);
    if (home) home.take({ evidence, because: { type: 'same_dataset' } });
    return home;
  }

  /** 3. The dataset is in an open incident, and nothing above explains its new data: it goes on. */
  #sameDataset(evidence: Evidence): OpenIncident | null {
    const same = this.#open(this.#byMember.get(evidence.datasetId), evidence).filter((incident) =>
      (incident.members.get(evidence.datasetId) ?? []).some((piece) => isSameTrouble(piece, evidence)),
    );
    const home = latest(same);
    if (home) home.take({ evidence, because: { type: 'same_dataset' } });
    return home;
  }

  /** 2. Something bad above explains it better than a fault of its own. */
  #downstreamOf(evidence: Evidence, above: ReadonlyMap<Uuid, number>): OpenIncident | null {
    if (evidence.ownFault !== null) return null;
    const near = new Set<OpenIncident>();
    for (const id of above.keys()) {
      for (const incident of this.#byMember.get(id) ?? []) near.add(incident);
      for (const incident of this.#incidentsRootedAt(id)) near.add(incident);
    }
    let best: { home: OpenIncident; likelihood: number } | null = null;
    for (const home of this.#open(near, evidence)) {
      const likelihood = this.#explained(home, evidence, above);
      if (likelihood <= this.#options.explained) continue;
      if (
        best === null ||
        likelihood > best.likelihood ||
        (likelihood === best.likelihood && later(home, best.home))
      )
        best = { home, likelihood };
    }
    best?.home.take({ evidence, because: { type: 'downstream', likelihood: best.likelihood } });
    return best?.home ?? null;
  }

  /** 4. It lies above what was seen before: the root moves up, and what has one root becomes one incident. */
  #upstreamOf(evidence: Evidence): OpenIncident | null {
    const below = this.#open(this.#byAncestor.get(evidence.datasetId), evidence).filter((incident) =>
      this.#wouldExplain(evidence, incident),
    );
    const [home, ...others] = below.toSorted((a, b) => a.openedAt - b.openedAt || (a.key < b.key ? -1 : 1));
    if (!home) return null;
    for (const other of others) this.#merge(home, other, evidence.at);
    home.take({ evidence, because: { type: 'upstream' } });
    home.root = { datasetId: evidence.datasetId, how: 'observed' };
    home.heads.clear();
    home.heads.add(evidence.datasetId);
    return home;
  }

  /** 5. It shares a silent input with what was seen before, and that explains both better than chance. */
  #besides(evidence: Evidence, above: ReadonlyMap<Uuid, number>): OpenIncident | null {
    if (evidence.ownFault !== null) return null;
    const since = evidence.at.getTime() - this.#options.siblingWindow;
    const near = new Map<Uuid, OpenIncident[]>();
    for (const id of above.keys()) {
      const incidents = [...(this.#byAncestor.get(id) ?? [])].filter(({ lastAt }) => lastAt >= since);
      if (incidents.length > 0) near.set(id, incidents);
    }
    const found = sharedInput(evidence, near, this.#view, this.#options);
    const [home, ...others] = found?.incidents ?? [];
    if (!found || !home) return null;
    for (const other of others) {
      for (const head of other.heads) home.heads.add(head);
      this.#merge(home, other, evidence.at);
    }
    home.take({ evidence, because: { type: 'shared_input', datasetId: found.input } });
    home.heads.add(evidence.datasetId);
    this.#reroot(home, { datasetId: found.input, how: 'suspected' });
    return home;
  }

  #begin(evidence: Evidence): OpenIncident {
    const home = new OpenIncident(evidence);
    home.take({ evidence, because: { type: 'first' } });
    this.#incidents.add(home);
    return home;
  }

  #open(candidates: Iterable<OpenIncident> | undefined, { at }: Evidence): OpenIncident[] {
    const since = at.getTime() - this.#options.window;
    return [...(candidates ?? [])].filter((incident) => incident.lastAt >= since);
  }

  /** How likely what is in an incident explains a piece of evidence, against a fault of its own. */
  #explained(home: OpenIncident, evidence: Evidence, above: ReadonlyMap<Uuid, number>): number {
    const fit = (id: Uuid): number =>
      Math.max(
        0,
        ...(home.members.get(id) ?? []).map((piece) => fitAsCause(piece, evidence, above.get(id) ?? 1)),
      );
    const suspected = home.root.how === 'suspected' ? home.root.datasetId : null;
    const inherited = inheritedBadness(
      evidence.datasetId,
      (id) => (home.members.has(id) ? fit(id) : id === suspected ? SUSPECTED : undefined),
      this.#view,
      evidence.at,
      this.#options.rates,
    );
    // It was made since, and was good: what is bad above has not spread to it.
    const spared = [...home.members].some(
      ([id, pieces]) =>
        above.has(id) &&
        pieces.some(
          ({ madeAt }) => madeAt && this.#view.passedSince(evidence.datasetId, madeAt, evidence.at),
        ),
    );
    const likely = spared ? missed(inherited, this.#options.rates) : inherited;
    return likely / (likely + this.#options.rates.ownFault);
  }

  /** Whether the heads of an incident follow from this evidence. */
  #wouldExplain(evidence: Evidence, incident: OpenIncident): boolean {
    for (const head of incident.heads) {
      const pieces = incident.members.get(head) ?? [];
      const generations = ancestorsOf(head, this.#view, MAX_GENERATIONS + 1).get(evidence.datasetId) ?? 1;
      const fit = Math.max(
        0,
        ...pieces.map((piece) => (piece.ownFault === null ? fitAsCause(evidence, piece, generations) : 0)),
      );
      if (fit === 0) continue;
      const inherited = inheritedBadness(
        head,
        (id) => (id === evidence.datasetId ? fit : incident.members.has(id) && id !== head ? 1 : undefined),
        this.#view,
        evidence.at,
        this.#options.rates,
      );
      if (inherited > this.#options.rates.ownFault) return true;
    }
    return false;
  }

  #merge(home: OpenIncident, other: OpenIncident, mergedAt: Date): void {
    const all = [...home.attachments, ...other.attachments].toSorted(
      (a, b) => a.evidence.at.getTime() - b.evidence.at.getTime() || (a.evidence.id < b.evidence.id ? -1 : 1),
    );
    home.attachments.splice(0, home.attachments.length, ...all);
    for (const [id, pieces] of other.members)
      home.members.set(id, [...(home.members.get(id) ?? []), ...pieces]);
    home.merged.push({ key: other.key, openedAt: new Date(other.openedAt), mergedAt }, ...other.merged);
    home.lastAt = Math.max(home.lastAt, other.lastAt);
    this.#incidents.delete(other);
    for (const index of [this.#byMember, this.#byAncestor])
      for (const incidents of index.values()) if (incidents.delete(other)) incidents.add(home);
  }

  readonly #suspects = new Map<Uuid, Set<OpenIncident>>();

  #reroot(incident: OpenIncident, root: IncidentRoot): void {
    this.#suspects.get(incident.root.datasetId)?.delete(incident);
    incident.root = root;
    const there = this.#suspects.get(root.datasetId) ?? new Set();
    this.#suspects.set(root.datasetId, there.add(incident));
  }

  #incidentsRootedAt(id: Uuid): Iterable<OpenIncident> {
    return [...(this.#suspects.get(id) ?? [])].filter((incident) => this.#incidents.has(incident));
  }

  #index(home: OpenIncident, dataset: Uuid, above: ReadonlyMap<Uuid, number>): void {
    addTo(this.#byMember, dataset, home);
    for (const id of above.keys()) addTo(this.#byAncestor, id, home);
  }
}

function isSameVersion(a: Evidence, b: Evidence): boolean {
  return a.madeAt === null || b.madeAt === null || a.madeAt.getTime() === b.madeAt.getTime();
}

function addTo(index: Map<Uuid, Set<OpenIncident>>, id: Uuid, home: OpenIncident): void {
  const there = index.get(id);
  if (there) there.add(home);
  else index.set(id, new Set([home]));
}

function latest(incidents: readonly OpenIncident[]): OpenIncident | null {
  return incidents.reduce<OpenIncident | null>(
    (best, one) => (best === null || later(one, best) ? one : best),
    null,
  );
}

function later(a: OpenIncident, b: OpenIncident): boolean {
  return a.lastAt > b.lastAt || (a.lastAt === b.lastAt && a.key < b.key);
}

function groupOf(incident: OpenIncident): IncidentGroup {
  return {
    key: incident.key,
    root: incident.root,
    attachments: [...incident.attachments],
    openedAt: new Date(incident.openedAt),
    lastAt: new Date(incident.lastAt),
    merged: [...incident.merged],
  };
}
