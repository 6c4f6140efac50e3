import type { Page } from './policies.ts';
import { type Graph, type SimulatedAlert, type Story } from './world.ts';

export interface IncidentFigures {
  /** Pages that true incidents caused, per true incident. */
  readonly pagesPerIncident: number;
  /** True incidents that never paged on their own: they lie in the page of another. */
  readonly swallowedPercent: number;
  /** Pages whose root is the true one, or the highest dataset with an alert of that incident. */
  readonly rootRightPercent: number;
  /** From the first alert of an incident to its first page, on average. */
  readonly minutesToFirstPage: number;
  /** Pages that false alarms caused, per false alarm. */
  readonly pagesPerFalseAlarm: number;
}

/** Sums over several worlds. */
export class Score {
  #incidents = 0;
  #pages = 0;
  #swallowed = 0;
  #roots = 0;
  #rootsRight = 0;
  #minutes = 0;
  #paged = 0;
  #falseAlarms = 0;
  #falsePages = 0;

  add(pages: readonly Page[], { alerts }: Story, graph: Graph): void {
    const first = new Map<number, number>();
    for (const { incident, minute } of alerts) if (!first.has(incident)) first.set(incident, minute);
    const firstPage = new Map<number, number>();
    for (const page of pages) {
      const [earliest] = page.members;
      if (!earliest) continue;
      if (earliest.incident < 0) {
        this.#falsePages += 1;
        continue;
      }
      this.#pages += 1;
      firstPage.set(earliest.incident, Math.min(firstPage.get(earliest.incident) ?? Infinity, page.minute));
      this.#roots += 1;
      if (isRoot(page.root, page.members, earliest, graph)) this.#rootsRight += 1;
    }
    for (const [incident, minute] of first) {
      if (incident < 0) {
        this.#falseAlarms += 1;
        continue;
      }
      this.#incidents += 1;
      const paged = firstPage.get(incident);
      if (paged === undefined) this.#swallowed += 1;
      else {
        this.#minutes += paged - minute;
        this.#paged += 1;
      }
    }
  }

  figures(): IncidentFigures {
    return {
      pagesPerIncident: this.#pages / this.#incidents,
      swallowedPercent: (100 * this.#swallowed) / this.#incidents,
      rootRightPercent: (100 * this.#rootsRight) / this.#roots,
      minutesToFirstPage: this.#minutes / this.#paged,
      pagesPerFalseAlarm: this.#falsePages / this.#falseAlarms,
    };
  }
}

function isRoot(
  root: number,
  members: readonly SimulatedAlert[],
  earliest: SimulatedAlert,
  graph: Graph,
): boolean {
  if (root === earliest.trueRoot) return true;
  const own = new Set(
    members.filter(({ incident }) => incident === earliest.incident).map(({ dataset }) => dataset),
  );
  return own.has(root) && ![...ancestors(root, graph)].some((id) => own.has(id));
}

function ancestors(dataset: number, graph: Graph): Set<number> {
  const found = new Set<number>();
  for (let level = [dataset]; level.length > 0;)
    level = level.flatMap((id) => graph.inputs[id] ?? []).filter((id) => !found.has(id) && found.add(id));
  return found;
}
