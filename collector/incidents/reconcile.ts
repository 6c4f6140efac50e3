import { EVIDENCE_KINDS, type Evidence, type EvidenceKind, type EvidenceSeverity } from '#model/evidence.ts';
import { derivedId, type Uuid } from '#model/ids.ts';
import type { Attachment, IncidentGroup, IncidentRoot } from '#model/incident.ts';
import type { Assignment } from '#store/evidence.ts';
import type { IncidentEvent, IncidentRow } from '#store/incidents.ts';
import { concludeState } from './conclude-state.ts';

/** Evidence that lay in an incident before, with when it was cleared. */
export interface Known {
  readonly clearedAt: Date | null;
  readonly incidentId: Uuid | null;
}

/** What belongs together by `correlate`, or did when it was folded long ago. */
export type Entry = Pick<IncidentGroup, 'key' | 'root' | 'attachments' | 'openedAt' | 'lastAt'>;

export interface Reconciled {
  readonly incidents: readonly IncidentRow[];
  readonly assignments: readonly Assignment[];
  readonly events: readonly IncidentEvent[];
}

export interface ReconcileContext {
  /** By evidence. */
  readonly known: ReadonlyMap<Uuid, Known>;
  /** Those in which some of the evidence lay. */
  readonly stored: ReadonlyMap<Uuid, IncidentRow>;
  readonly pageTime: (first: { readonly datasetId: Uuid; readonly openedAt: Date }) => Date;
  readonly nameOf: (dataset: Uuid) => string;
  readonly now: Date;
}

const HOUR = 3_600_000;
/** What is bad again within this time after it was good is the same incident again. */
export const REOPENS = 6 * HOUR;
const RANKS: readonly EvidenceSeverity[] = ['notice', 'warning', 'critical'];

/** Kinds that are one thing to whoever is called. */
const FAMILIES: Readonly<Record<EvidenceKind, string>> = {
  run: 'timeliness',
  freshness: 'timeliness',
  volume: 'quality',
  completeness: 'quality',
  distribution: 'quality',
  integrity: 'quality',
  publication: 'quality',
  schema: 'schema',
  cost: 'cost',
};

/** What outside systems deduplicate by: the root dataset and the family of what is wrong; no partition, no value. */
export function fingerprintOf(root: Uuid, kind: EvidenceKind): Uuid {
  return derivedId('incident fingerprint', root, FAMILIES[kind]);
}

/** The evidence that names what is wrong, whatever became of it: at the root, the worst, the first. */
export function headOf({ root, attachments }: Pick<Entry, 'root' | 'attachments'>): Evidence {
  const pieces = attachments.map(({ evidence }) => evidence);
  return foremost(atRoot(pieces, root.datasetId), 1);
}

/**
 * The evidence that a reader is shown first: of what still stands at the root the worst, the latest; and of
 * that partition its rows before its means, whichever was seen first.
 */
export function shownFirst(
  pieces: readonly Evidence[],
  root: Uuid,
  isStanding: (piece: Evidence) => boolean,
): Evidence {
  const standing = pieces.filter(isStanding);
  const there = atRoot(standing.length > 0 ? standing : pieces, root);
  const latest = foremost(there, -1);
  return there
    .filter(
      ({ datasetId, partition, severity }) =>
        datasetId === latest.datasetId && partition === latest.partition && severity === latest.severity,
    )
    .reduce((best, one) => (isPlainer(one, best) ? one : best), latest);
}

/** Those on the root, or all when none are: it is only suspected, or good again. */
function atRoot(pieces: readonly Evidence[], root: Uuid): readonly Evidence[] {
  const there = pieces.filter(({ datasetId }) => datasetId === root);
  return there.length > 0 ? there : pieces;
}

/** The worst; of equals by time, 1 the first, -1 the last. */
function foremost([first, ...others]: readonly Evidence[], order: 1 | -1): Evidence {
  if (!first) throw new RangeError('an incident has evidence');
  return others.reduce((best, one) => (isBefore(one, best, order) ? one : best), first);
}

function isBefore(a: Evidence, b: Evidence, order: 1 | -1): boolean {
  const worse = RANKS.indexOf(a.severity) - RANKS.indexOf(b.severity);
  if (worse !== 0) return worse > 0;
  const earlier = (a.at.getTime() - b.at.getTime()) * order;
  return earlier === 0 ? isPlainer(a, b) : earlier < 0;
}

/** Of one partition its rows say more than its means. */
function isPlainer(a: Evidence, b: Evidence): boolean {
  const plainer = EVIDENCE_KINDS.indexOf(a.kind) - EVIDENCE_KINDS.indexOf(b.kind);
  return plainer < 0 || (plainer === 0 && a.id < b.id);
}

/** The worst severity among evidence. */
function worst(pieces: readonly Evidence[]): EvidenceSeverity {
  return RANKS.findLast((rank) => pieces.some(({ severity }) => severity === rank)) ?? 'notice';
}

/** An incident as it follows from evidence: several groups with one fingerprint while it lasts. */
interface Draft {
  readonly id: Uuid;
  readonly fingerprint: Uuid;
  readonly entries: Entry[];
  readonly attachments: Attachment[];
}

/**
 * Makes incidents of groups of evidence and of what was stored of them. What people said stays; an incident
 * whose evidence has all gone to another points there. Pure; its answer depends on the evidence and on what
 * people said, not on the order in which either came.
 */
export function reconcile(groups: readonly Entry[], context: ReconcileContext): Reconciled {
  const drafts = fold(groups, context);
  const homes = new Map<Uuid, Draft>();
  for (const draft of drafts) for (const { evidence } of draft.attachments) homes.set(evidence.id, draft);
  const gone = goneTo(homes, drafts, context);
  const incidents: IncidentRow[] = [];
  const events: IncidentEvent[] = [];
  for (const draft of drafts) {
    const swallowed = [...gone]
      .filter(([, into]) => into === draft.id)
      .flatMap(([id]) => context.stored.get(id) ?? []);
    const made = incidentOf(draft, swallowed, context);
    incidents.push(made.row);
    events.push(...made.events);
  }
  for (const [id, into] of gone) {
    const row = context.stored.get(id);
    if (!row || (row.state === 'merged' && row.merged_into === into)) continue;
    incidents.push({
      ...row,
      state: 'merged',
      merged_into: into,
      version: row.version + 1,
      standing: 0,
      updated_at: context.now,
    });
    events.push({
      incidentId: id,
      type: 'merged',
      actor: null,
      message: `belongs to ${into}: one cause explains both`,
    });
  }
  return { incidents, events, assignments: assignmentsOf(drafts) };
}

/** Groups with one fingerprint are one incident while it lasts, and when it comes back soon. */
function fold(groups: readonly Entry[], context: ReconcileContext): Draft[] {
  const ordered = groups.toSorted(
    (a, b) => a.openedAt.getTime() - b.openedAt.getTime() || (a.key < b.key ? -1 : 1),
  );
  const lasting = new Map<Uuid, Draft>();
  const drafts: Draft[] = [];
  for (const entry of ordered) {
    const fingerprint = fingerprintOf(entry.root.datasetId, headOf(entry).kind);
    const current = lasting.get(fingerprint);
    if (current && endOf(current, context) + REOPENS >= entry.openedAt.getTime()) {
      current.entries.push(entry);
      for (const attachment of entry.attachments) current.attachments.push(attachment);
      continue;
    }
    const draft: Draft = {
      id: derivedId('incident', entry.key),
      fingerprint,
      entries: [entry],
      attachments: [...entry.attachments],
    };
    lasting.set(fingerprint, draft);
    drafts.push(draft);
  }
  return drafts;
}

/** When an incident ended, in milliseconds; Infinity while it lasts. */
function endOf({ id, attachments }: Draft, { known, stored }: ReconcileContext): number {
  const ruledAt = stored.get(id)?.ruled_at?.getTime() ?? -Infinity;
  let end = -Infinity;
  for (const { evidence } of attachments) {
    const cleared = known.get(evidence.id)?.clearedAt?.getTime() ?? Infinity;
    end = Math.max(end, evidence.at.getTime() <= ruledAt ? Math.min(ruledAt, cleared) : cleared);
  }
  return end;
}

/** Stored incidents that are none any more, with the one that their first evidence lies in now. */
function goneTo(
  homes: ReadonlyMap<Uuid, Draft>,
  drafts: readonly Draft[],
  { known, stored }: ReconcileContext,
): Map<Uuid, Uuid> {
  const alive = new Set(drafts.map(({ id }) => id));
  const first = new Map<Uuid, { readonly evidence: Evidence; readonly into: Uuid }>();
  for (const draft of new Set(homes.values()))
    for (const { evidence } of draft.attachments) {
      const from = known.get(evidence.id)?.incidentId ?? null;
      if (from === null || alive.has(from) || !stored.has(from)) continue;
      const so = first.get(from);
      const earlier =
        so === undefined ||
        evidence.at < so.evidence.at ||
        (evidence.at.getTime() === so.evidence.at.getTime() && evidence.id < so.evidence.id);
      if (earlier) first.set(from, { evidence, into: draft.id });
    }
  return new Map([...first].map(([from, { into }]) => [from, into]));
}

function assignmentsOf(drafts: readonly Draft[]): Assignment[] {
  return drafts.flatMap(({ id, entries }) =>
    entries.flatMap(({ key, attachments }) =>
      attachments.map(({ evidence, because }) => ({
        evidenceId: evidence.id,
        incidentId: id,
        groupKey: key,
        because,
      })),
    ),
  );
}

function incidentOf(
  draft: Draft,
  swallowed: readonly IncidentRow[],
  context: ReconcileContext,
): { readonly row: IncidentRow; readonly events: readonly IncidentEvent[] } {
  const { known, stored, now, nameOf } = context;
  const own = stored.get(draft.id);
  // One that is older than what was stored takes over what people said of that.
  const [heir] = swallowed.toSorted(
    (a, b) => a.opened_at.getTime() - b.opened_at.getTime() || (a.id < b.id ? -1 : 1),
  );
  const parted = own?.state === 'merged';
  const base = own && parted ? { ...own, state: 'open' as const, merged_into: null } : (own ?? heir);
  const pieces = draft.attachments.map(({ evidence }) => evidence);
  const openedAt = new Date(Math.min(...draft.entries.map((entry) => entry.openedAt.getTime())));
  const lastAt = new Date(Math.max(...draft.entries.map((entry) => entry.lastAt.getTime())));
  const root = rootOf(draft.entries);
  const severity = worst(pieces);
  const ruledAt = base?.ruled_at ?? null;
  const isStanding = ({ id, at }: Evidence): boolean =>
    (known.get(id)?.clearedAt ?? null) === null && (ruledAt === null || at > ruledAt);
  const standing = pieces.filter(isStanding).length;
  const head = shownFirst(pieces, root.datasetId, isStanding);
  const cleared = pieces.flatMap(({ id }) => known.get(id)?.clearedAt ?? []);
  const earliest = pieces.reduce((a, b) =>
    b.at < a.at || (b.at.getTime() === a.at.getTime() && b.id < a.id) ? b : a,
  );
  const told = base !== undefined && base.told_version > 0;
  const fresh = pieces.filter(({ id }) => (known.get(id)?.incidentId ?? null) === null);
  const settled = base !== undefined && (told || (fresh.length === 0 && +base.opened_at === +openedAt));
  const draftRow: IncidentRow = {
    id: draft.id,
    // What was told under one key is told to its end under it.
    fingerprint: told ? base.fingerprint : draft.fingerprint,
    state: base?.state ?? 'open',
    root_id: root.datasetId,
    root_how: root.how,
    kind: head.kind,
    severity,
    tier: base?.tier ?? 3,
    owner: base?.owner ?? null,
    head_id: head.id,
    opened_at: openedAt,
    last_at: lastAt,
    page_at: settled ? base.page_at : context.pageTime({ datasetId: earliest.datasetId, openedAt }),
    evidence: pieces.length,
    standing,
    datasets: new Set(pieces.map(({ datasetId }) => datasetId)).size,
    impacted: base?.impacted ?? [],
    impacted_count: base?.impacted_count ?? 0,
    owners: base?.owners ?? [],
    changes: base?.changes ?? [],
    acknowledged_at: base?.acknowledged_at ?? null,
    acknowledged_by: base?.acknowledged_by ?? null,
    snoozed_until: base?.snoozed_until ?? null,
    assignee: base?.assignee ?? null,
    resolved_at: base?.resolved_at ?? null,
    resolution: base?.resolution ?? null,
    ruled_at: ruledAt,
    reopened: base?.reopened ?? [],
    merged_into: null,
    version: base?.version ?? 0,
    told_version: base?.told_version ?? 0,
    updated_at: now,
  };
  const concluded = concludeState(draftRow, cleared, now);
  const events: IncidentEvent[] = [];
  const tell = (type: string, message: string): number =>
    events.push({ incidentId: draft.id, type, actor: null, message });
  let version = concluded.row.version;
  if (base === undefined) {
    version += 1;
    tell('opened', `${nameOf(root.datasetId)}: ${reasonOf(draft.entries)}`);
  } else {
    if (parted) {
      version += 1;
      tell('parted', 'it has a cause of its own after all');
    }
    if (fresh.length > 0) tell('evidence', evidenceWords(fresh, nameOf));
    if (base.root_id !== root.datasetId) {
      version += 1;
      tell(
        'rerooted',
        `the root moved from ${nameOf(base.root_id)} to ${nameOf(root.datasetId)}${root.how === 'suspected' ? ', which nobody found bad yet' : ''}`,
      );
    }
    if (RANKS.indexOf(severity) > RANKS.indexOf(base.severity)) {
      version += 1;
      tell('severity', `${severity}, was ${base.severity}`);
    }
  }
  for (const other of swallowed)
    if (other.state !== 'merged') {
      version += other === base ? 0 : 1;
      tell(
        'absorbed',
        `took in ${other.id}, opened at ${other.opened_at.toISOString()}: one cause explains both`,
      );
    }
  events.push(...concluded.events);
  return { row: { ...concluded.row, version }, events };
}

/** All entries have one root dataset; it is observed when one of them saw it. */
function rootOf(entries: readonly Entry[]): IncidentRoot {
  const roots = entries.map(({ root }) => root);
  return roots.find(({ how }) => how === 'observed') ?? roots[0] ?? { datasetId: '', how: 'suspected' };
}

function reasonOf(entries: readonly Entry[]): string {
  const [first] = entries;
  return first
    ? `${first.attachments.length} ${first.attachments.length === 1 ? 'piece' : 'pieces'} of evidence with one cause`
    : '';
}

const NAMED = 3;

function evidenceWords(fresh: readonly Evidence[], nameOf: (dataset: Uuid) => string): string {
  const datasets = [...new Set(fresh.map(({ datasetId }) => datasetId))].sort();
  const names = datasets.slice(0, NAMED).map(nameOf).join(', ');
  const more = datasets.length > NAMED ? ` and ${datasets.length - NAMED} more datasets` : '';
  return `${fresh.length} more ${fresh.length === 1 ? 'piece' : 'pieces'} of evidence on ${names}${more}`;
}
