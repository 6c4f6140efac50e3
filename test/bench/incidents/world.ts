import type { Health, LineageView } from '#collector/incidents/causality.ts';
import { EVIDENCE_KINDS, explains, type Evidence, type EvidenceKind } from '#model/evidence.ts';
import type { Uuid } from '#model/ids.ts';
import { seededRandom } from '#test/bench/statistics.ts';

/** How the simulated failures behave: the protocol of the anomaly study, part C. */
export interface WorldSettings {
  readonly datasets: number;
  readonly days: number;
  /** Incidents per dataset and day. */
  readonly faultRate: number;
  /** False alarms per dataset and day. */
  readonly noiseRate: number;
  /** Share of datasets that are watched. */
  readonly watched: number;
  /** A bad input makes an output bad. */
  readonly spread: number;
  /** A bad, watched dataset is found bad. */
  readonly detected: number;
}

export const SETTINGS: WorldSettings = {
  datasets: 10_000,
  days: 60,
  faultRate: 1.04 / 300,
  noiseRate: 0.002,
  watched: 0.75,
  spread: 0.7,
  detected: 0.9,
};

export interface Graph {
  readonly inputs: readonly (readonly number[])[];
  readonly outputs: readonly (readonly number[])[];
  readonly owner: readonly string[];
  readonly watched: readonly boolean[];
}

/** An alert with the truth that no policy may look at. */
export interface SimulatedAlert {
  readonly evidence: Evidence;
  readonly dataset: number;
  /** Minutes. */
  readonly minute: number;
  /** Number of the incident; negative for a false alarm. */
  readonly incident: number;
  readonly trueRoot: number;
}

export interface Story {
  readonly alerts: readonly SimulatedAlert[];
  readonly view: LineageView;
}

const DAY = 1440;
const LAYERS = [40, 80, 100, 60, 20];
/** Within these a dataset has the chance of a parent two layers up. */
const NEAR = 0.85;

/** A layered graph with a skewed choice of parents: few datasets feed many. */
export function graphOf(settings: WorldSettings, random: () => number): Graph {
  const scale = settings.datasets / LAYERS.reduce((sum, size) => sum + size, 0);
  const sizes = LAYERS.map((size) => Math.round(size * scale));
  const starts = sizes.map((_, layer) => sizes.slice(0, layer).reduce((sum, size) => sum + size, 0));
  const count = sizes.reduce((sum, size) => sum + size, 0);
  const inputs: number[][] = Array.from({ length: count }, () => []);
  const outputs: number[][] = Array.from({ length: count }, () => []);
  const owner: string[] = [];
  const teams = Math.max(4, Math.round(4 * scale));
  for (let layer = 0; layer < sizes.length; layer += 1)
    for (let k = 0; k < (sizes[layer] ?? 0); k += 1) {
      const id = (starts[layer] ?? 0) + k;
      owner.push(`${layer}_${Math.floor(random() * teams)}`);
      if (layer === 0) continue;
      const parents = 1 + Math.floor(random() * 3);
      for (let j = 0; j < parents; j += 1) {
        const above = random() < NEAR ? layer - 1 : Math.max(0, layer - 2);
        const parent = (starts[above] ?? 0) + Math.floor(random() ** 2 * (sizes[above] ?? 1));
        if (inputs[id]?.includes(parent)) continue;
        inputs[id]?.push(parent);
        outputs[parent]?.push(id);
      }
    }
  return { inputs, outputs, owner, watched: inputs.map(() => random() < settings.watched) };
}

export const idOf = (dataset: number): Uuid => `d${String(dataset).padStart(6, '0')}`;
export const datasetOf = (id: Uuid): number => Number(id.slice(1));

/** What happens over some days: failures that spread, alerts about them, false alarms, and checks that pass. */
export function storyOf(graph: Graph, settings: WorldSettings, random: () => number): Story {
  const alerts: SimulatedAlert[] = [];
  const judged = new Judgements(graph);
  const count = graph.inputs.length;
  let incident = 0;
  let number = 0;
  const alert = (
    dataset: number,
    made: number,
    minute: number,
    symptom: Symptom,
    of: number,
    trueRoot: number,
  ): void => {
    number += 1;
    const evidence: Evidence = {
      id: `e${String(number).padStart(8, '0')}`,
      datasetId: idOf(dataset),
      partition: `dt=${Math.floor(minute / DAY)}`,
      kind: symptom.kind,
      direction: symptom.direction,
      madeAt: new Date(made * 60_000),
      severity: 'critical',
      at: new Date(minute * 60_000),
      summary: '',
      subject: symptom.kind,
      ownFault: symptom.ownFault,
    };
    alerts.push({ evidence, dataset, minute, incident: of, trueRoot });
  };
  for (let day = 0; day < settings.days; day += 1) {
    const faults = poissonish(settings.faultRate * count, random);
    for (let fault = 0; fault < faults; fault += 1) {
      const root = Math.floor(random() ** 1.3 * count);
      const begin = day * DAY + random() * 600;
      incident += 1;
      const seen = new Map<number, { minute: number; symptom: Symptom }>();
      const queue = [{ dataset: root, minute: begin, symptom: symptomAtRoot(random) }];
      for (let next = queue.shift(); next; next = queue.shift()) {
        if (seen.has(next.dataset)) continue;
        seen.set(next.dataset, next);
        for (const output of graph.outputs[next.dataset] ?? []) {
          const minute = next.minute + 10 + random() * 60;
          if (random() < settings.spread)
            queue.push({ dataset: output, minute, symptom: symptomBelow(next.symptom, random) });
          // It was made all the same, and is looked at.
          else judged.passes(output, minute, minute + checkDelay(random));
        }
      }
      for (const [dataset, { minute, symptom }] of seen) {
        if (!graph.watched[dataset]) continue;
        const delay = checkDelay(random);
        if (random() >= settings.detected) {
          judged.passes(dataset, minute, minute + delay);
          continue;
        }
        judged.fails(dataset, minute, minute + delay);
        const times = 1 + (random() < 0.4 ? 1 : 0) + (random() < 0.2 ? 1 : 0);
        for (let m = 0; m < times; m += 1)
          alert(
            dataset,
            minute,
            minute + (m === 0 ? delay : checkDelay(random)) + m * 2,
            symptom,
            incident,
            root,
          );
      }
    }
    const noise = poissonish(settings.noiseRate * count, random);
    for (let n = 0; n < noise; n += 1) {
      const dataset = Math.floor(random() * count);
      const minute = day * DAY + random() * 900;
      if (graph.watched[dataset])
        alert(
          dataset,
          minute - checkDelay(random),
          minute,
          falseSymptom(random),
          -(day * 1e5 + n + 1),
          dataset,
        );
    }
  }
  alerts.sort((a, b) => a.minute - b.minute || (a.evidence.id < b.evidence.id ? -1 : 1));
  const inputs = graph.inputs.map((list) => list.map(idOf));
  const outputs = graph.outputs.map((list) => list.map(idOf));
  return {
    alerts,
    view: {
      inputsOf: (id) => inputs[datasetOf(id)] ?? [],
      outputsOf: (id) => outputs[datasetOf(id)] ?? [],
      healthOf: (id, at) => judged.at(datasetOf(id), at.getTime() / 60_000),
      passedSince: (id, since, at) =>
        judged.passedSince(datasetOf(id), since.getTime() / 60_000, at.getTime() / 60_000),
    },
  };
}

/** When each watched dataset's newest partition landed, and when it was found good. */
class Judgements {
  readonly #graph: Graph;
  readonly #landed = new Map<number, { landed: number; judged: number; good: boolean }[]>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  passes(dataset: number, landed: number, judged: number): void {
    this.#add(dataset, landed, judged, true);
  }

  fails(dataset: number, landed: number, judged: number): void {
    this.#add(dataset, landed, judged, false);
  }

  passedSince(dataset: number, since: number, minute: number): boolean {
    if (!this.#graph.watched[dataset]) return false;
    const known = this.#landed
      .get(dataset)
      ?.filter((one) => one.landed >= since && one.landed <= since + DAY / 2);
    if (known && known.length > 0) return known.some((one) => one.good && one.judged <= minute);
    // Nothing happens to it that day: it is made within two hours of its siblings, and looked at like all others.
    const random = seededRandom(dataset * 7919 + Math.floor(since / DAY));
    const landed = since + random() * 120;
    return landed + checkDelay(random) <= minute;
  }

  #add(dataset: number, landed: number, judged: number, good: boolean): void {
    const list = this.#landed.get(dataset) ?? [];
    list.push({ landed, judged, good });
    this.#landed.set(dataset, list);
  }

  at(dataset: number, minute: number): Health {
    if (!this.#graph.watched[dataset]) return 'unwatched';
    const waiting = this.#landed.get(dataset)?.some((one) => one.landed <= minute && minute < one.judged);
    return waiting ? 'pending' : 'passed';
  }
}

function checkDelay(random: () => number): number {
  return random() * (random() < 0.2 ? 180 : 30);
}

/** What an alert tells of the fault, beside where it is. */
interface Symptom {
  readonly kind: EvidenceKind;
  readonly direction: 'up' | 'down' | null;
  readonly ownFault: string | null;
}

function symptomAtRoot(random: () => number): Symptom {
  const kind = pick<EvidenceKind>(['volume', 'volume', 'completeness', 'freshness', 'schema', 'run'], random);
  // Most failed runs tell what they died of.
  const ownFault = kind === 'run' && random() < 0.7 ? 'OutOfMemoryError' : null;
  return { kind, direction: directionOf(kind, random), ownFault };
}

function falseSymptom(random: () => number): Symptom {
  const kind = pick<EvidenceKind>(['volume', 'completeness', 'distribution'], random);
  return { kind, direction: directionOf(kind, random), ownFault: null };
}

/** Mostly the same is wrong below, in the same direction. */
function symptomBelow(above: Symptom, random: () => number): Symptom {
  const possible = EVIDENCE_KINDS.filter(
    (other) => explains(above.kind, other) && other !== 'publication' && other !== 'cost',
  );
  const kind = random() < 0.6 && possible.includes(above.kind) ? above.kind : pick(possible, random);
  const direction = kind === above.kind && random() < 0.95 ? above.direction : directionOf(kind, random);
  return { kind, direction, ownFault: null };
}

function directionOf(kind: EvidenceKind, random: () => number): 'up' | 'down' | null {
  if (kind === 'completeness') return 'up';
  if (kind === 'volume') return random() < 0.7 ? 'down' : 'up';
  return null;
}

function pick<T>(list: readonly T[], random: () => number): T {
  return list[Math.floor(random() * list.length)] as T;
}

/** A whole number with the given mean. */
function poissonish(mean: number, random: () => number): number {
  const floor = Math.exp(-mean);
  if (mean > 30) {
    // Normal approximation.
    const u = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * u));
  }
  let count = 0;
  for (let product = random(); product > floor; product *= random()) count += 1;
  return count;
}
