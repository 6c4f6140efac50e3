import { Correlator, CORRELATE, type CorrelateOptions } from '#collector/incidents/correlate.ts';
import { pageTime, PAGE_WAIT, type PageWait } from '#collector/incidents/page-time.ts';
import { datasetOf, type Graph, type SimulatedAlert, type Story } from './world.ts';

export interface Page {
  /** Minutes. */
  readonly minute: number;
  readonly root: number;
  readonly members: readonly SimulatedAlert[];
}

export type Policy = (story: Story, graph: Graph) => Page[];

const SIX_HOURS = 360;

export function onePerAlert({ alerts }: Story): Page[] {
  return alerts.map((alert) => ({ minute: alert.minute, root: alert.dataset, members: [alert] }));
}

/** Alerts with the same key within so many minutes of the first: one page. */
export function grouped(
  key: (dataset: number, graph: Graph) => string,
  minutes: number,
  wait: number,
): Policy {
  return ({ alerts }, graph) => {
    const open = new Map<
      string,
      { minute: number; root: number; members: SimulatedAlert[]; first: number }
    >();
    const pages: Page[] = [];
    for (const alert of alerts) {
      const name = key(alert.dataset, graph);
      const page = open.get(name);
      if (page && alert.minute - page.first <= minutes) page.members.push(alert);
      else {
        const fresh = {
          minute: alert.minute + wait,
          root: alert.dataset,
          members: [alert],
          first: alert.minute,
        };
        open.set(name, fresh);
        pages.push(fresh);
      }
    }
    return pages;
  };
}

/** Alerts join an open page of an input of theirs, direct or not. */
export function nearestAncestor({ alerts }: Story, graph: Graph): Page[] {
  const pages: { minute: number; root: number; members: SimulatedAlert[]; last: number }[] = [];
  const pageOf = new Map<number, (typeof pages)[number]>();
  for (const alert of alerts) {
    let home: (typeof pages)[number] | undefined;
    const seen = new Set([alert.dataset]);
    let level = [alert.dataset];
    while (level.length > 0 && !home) {
      home = level.map((id) => pageOf.get(id)).find((page) => page && alert.minute - page.last <= SIX_HOURS);
      level = level.flatMap((id) => graph.inputs[id] ?? []).filter((id) => !seen.has(id) && seen.add(id));
    }
    if (!home) {
      home = { minute: alert.minute + 10, root: alert.dataset, members: [], last: alert.minute };
      pages.push(home);
    }
    home.members.push(alert);
    home.last = alert.minute;
    pageOf.set(alert.dataset, home);
  }
  return pages;
}

/** The product's own correlation: alerts arrive one by one, and an incident pages once, after its wait. */
export function assay(options: CorrelateOptions = CORRELATE, wait: PageWait = PAGE_WAIT): Policy {
  return ({ alerts, view }) => {
    const correlator = new Correlator(view, options);
    const byEvidence = new Map(alerts.map((alert) => [alert.evidence.id, alert]));
    for (const { evidence } of alerts) correlator.add(evidence);
    return correlator.groups().flatMap((group): Page[] => {
      const members = group.attachments.flatMap(({ evidence }) => byEvidence.get(evidence.id) ?? []);
      const root = datasetOf(group.root.datasetId);
      const page = (key: string, openedAt: Date): Page & { readonly at: Date } => {
        const first = members.filter(({ evidence }) => evidence.id === key);
        const datasetId = first[0]?.evidence.datasetId ?? group.root.datasetId;
        const at = pageTime({ datasetId, openedAt }, view, wait);
        return { at, minute: at.getTime() / 60_000, root, members: [...first, ...members] };
      };
      // What was merged into it had paged already if its own wait was over by then.
      const paged = group.merged
        .map((one) => ({ ...page(one.key, one.openedAt), mergedAt: one.mergedAt }))
        .filter(({ at, mergedAt }) => at < mergedAt);
      return [page(group.key, group.openedAt), ...paged];
    });
  };
}
