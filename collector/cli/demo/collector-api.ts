import { setTimeout as sleep } from 'node:timers/promises';
import type { EvaluationAnswer, DecisionAnswer, WaiverAnswer } from '#api/schema/gates.ts';
import type { IncidentDetail, IncidentList } from '#api/schema/incidents.ts';
import { serverClient, type ServerClient } from '../server-client.ts';
import type { DemoFinding, DemoIncident } from './report.ts';

/** A candidate as the gate judged it. */
export interface Evaluation {
  readonly id: string;
  /** Of the candidate's data; null when it could not be measured. */
  readonly version: string | null;
  readonly decision: string | null;
  readonly reasons: EvaluationAnswer['reasons'];
}

/** What the demo asks of a running collector, over HTTP as any pipeline would. */
export interface CollectorApi {
  pushContract(fileName: string, text: string): Promise<void>;
  /** Whether gold serves this partition by the gate's ledger, and whether a waiver let it through. */
  served(dataset: string, partition: string): Promise<'not' | 'as_passed' | 'by_waiver'>;
  /** Has a candidate judged and, when that allows it, published. */
  evaluate(order: {
    readonly dataset: string;
    readonly partition: string;
    readonly staging: string;
  }): Promise<Evaluation>;
  /** Returns the waiver's id; it has no effect before somebody else approves it. */
  requestWaiver(
    evaluationId: string,
    request: {
      readonly checkIds: readonly string[];
      readonly reason: string;
      readonly requestedBy: string;
      readonly expiresAt: string;
    },
  ): Promise<string>;
  approveWaiver(id: string, approvedBy: string): Promise<void>;
  publish(evaluation: Evaluation): Promise<void>;
  /** Waits until the monitor has looked at everything; then the datasets' number, all findings (newest partition first) and what is worth a note. */
  settled(): Promise<{
    readonly datasets: number;
    readonly findings: readonly DemoFinding[];
    readonly notices: readonly DemoFinding[];
  }>;
  /** All incidents, with their evidence. */
  incidents(): Promise<readonly DemoIncident[]>;
}

const REQUESTED_BY = 'demo.flights.daily';
const MOST_FINDINGS = 10_000;
const PATIENCE_MS = 60_000;
const POLL_MS = 100;

/** @param url base URL of the collector */
export function collectorApi(url: string): CollectorApi {
  const client = serverClient(url);
  return {
    async pushContract(fileName, text) {
      await client.post('/api/v2/contracts', { text, fileName, pushedBy: REQUESTED_BY });
    },
    async served(dataset, partition) {
      const query = new URLSearchParams({ partition });
      const decision = await client.get<DecisionAnswer>(
        `/api/v2/gates/${encodeURIComponent(dataset)}/decision?${query.toString()}`,
      );
      if (decision.published === null) return 'not';
      return decision.reasons.some(({ waivedBy }) => waivedBy !== null) ? 'by_waiver' : 'as_passed';
    },
    async evaluate({ dataset, partition, staging }) {
      const answer = await client.post<EvaluationAnswer>(
        `/api/v2/gates/${encodeURIComponent(dataset)}/evaluations`,
        {
          partition,
          candidate: { kind: 'postgres', ref: staging },
          publish: true,
          requestedBy: REQUESTED_BY,
        },
      );
      return {
        id: answer.id,
        version: answer.candidate.version,
        decision: answer.decision,
        reasons: answer.reasons,
      };
    },
    async requestWaiver(evaluationId, request) {
      return (await client.post<WaiverAnswer>(`/api/v2/gates/evaluations/${evaluationId}/waivers`, request))
        .id;
    },
    async approveWaiver(id, approvedBy) {
      await client.post(`/api/v2/gates/waivers/${id}/approve`, { approvedBy });
    },
    async publish({ id, version }) {
      await client.post(`/api/v2/gates/evaluations/${id}/publish`, {
        expectedVersion: version,
        requestedBy: REQUESTED_BY,
      });
    },
    settled: () => settled(client),
    incidents: () => incidentsOf(client),
  };
}

async function settled(client: ServerClient): ReturnType<CollectorApi['settled']> {
  const until = performance.now() + PATIENCE_MS;
  while ((await waitingPartitions(client)) > 0 && performance.now() < until) await sleep(POLL_MS);
  const { counts } = await client.get<{ counts: { datasets: number } }>('/api/v2/overview');
  const { findings, notices } = await client.get<{
    findings: readonly DemoFinding[];
    notices: readonly DemoFinding[];
  }>(`/api/v2/findings?limit=${MOST_FINDINGS}`);
  const told = ({ dataset, partition, metric, score, message }: DemoFinding): DemoFinding => ({
    dataset,
    partition,
    metric,
    score,
    message,
  });
  return { datasets: counts.datasets, findings: findings.map(told), notices: notices.map(told) };
}

const MOST_INCIDENTS = 1000;

async function incidentsOf(client: ServerClient): Promise<DemoIncident[]> {
  const { items } = await client.get<IncidentList>(`/api/v2/incidents?state=all&limit=${MOST_INCIDENTS}`);
  const incidents: DemoIncident[] = [];
  for (const { id } of items) {
    const { incident, evidence, blastRadius } = await client.get<IncidentDetail>(`/api/v2/incidents/${id}`);
    incidents.push({
      id,
      state: incident.state,
      severity: incident.severity,
      root: incident.root.dataset,
      summary: incident.summary,
      evidence: evidence.map(({ dataset, partition, source, subject }) => ({
        dataset,
        partition,
        source,
        subject,
      })),
      held: blastRadius.held.map(({ dataset, partition }) => `${dataset} ${partition}`),
    });
  }
  return incidents;
}

async function waitingPartitions(client: ServerClient): Promise<number> {
  const text = await (await fetch(new URL('/metrics', client.url))).text();
  return Number(/^assay_monitor_waiting_partitions (\S+)$/m.exec(text)?.[1] ?? 0);
}
