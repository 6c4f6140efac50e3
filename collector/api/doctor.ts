import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import type { GateServices } from '#gate/services.ts';
import { enforcementTargets } from './enforcement.ts';
import { DoctorAnswer, type EnforcementTarget, type Examination } from './schema/doctor.ts';

export interface DoctorServices {
  readonly gate: GateServices;
  /** What this process finds of its own installation. */
  readonly installation: () => readonly Examination[];
  /** Why the store cannot be used, in a sentence; null when it can. */
  readonly notReady: () => Promise<string | null>;
  readonly now: () => Date;
  /** Milliseconds that a warehouse may take to tell its grants; 5 s unless told. */
  readonly patience?: number;
}

/** Milliseconds for which an answer holds: however many pages are open, warehouses are asked so often at most. */
const HOLDS = 10_000;
const PATIENCE = 5_000;

/** GET /api/v2/doctor: what `assay doctor` says, seen from inside, for the page. */
export function registerDoctor(app: FastifyInstance, services: DoctorServices): void {
  let last: { readonly at: number; readonly answer: Promise<DoctorAnswer> } | null = null;
  app
    .withTypeProvider<TypeBoxTypeProvider>()
    .get('/api/v2/doctor', { schema: { response: { 200: DoctorAnswer } } }, () => {
      const now = services.now();
      if (last !== null && now.getTime() - last.at < HOLDS) return last.answer;
      const answer = examine(services, now);
      const asked = { at: now.getTime(), answer };
      last = asked;
      // What failed is asked anew, not told for ten seconds.
      answer.catch(() => {
        if (last === asked) last = null;
      });
      return answer;
    });
}

async function examine(
  { gate, installation, notReady, patience = PATIENCE }: DoctorServices,
  now: Date,
): Promise<DoctorAnswer> {
  const problem = await notReady();
  const server: Examination = {
    subject: 'server',
    state: problem === null ? 'fine' : 'bad',
    finding: problem ?? 'Assay is ready.',
    mend: null,
  };
  const targets = problem === null ? await enforcementTargets(gate, patience) : [];
  return {
    examinedAt: now.toISOString(),
    examinations: [...installation(), server, ...(problem === null ? gatesOf(targets) : [])],
    targets,
  };
}

/** Most accounts that are named. */
const MOST_NAMES = 5;

/** What is to be said of each gold table, or of there being none. */
export function gatesOf(targets: readonly EnforcementTarget[]): Examination[] {
  if (targets.length === 0)
    return [
      {
        subject: 'gates',
        state: 'warning',
        finding: 'No contract publishes anywhere yet (gate.publish_to).',
        mend: null,
      },
    ];
  return targets.map(({ target, state, detail, mend, superusers }) => ({
    subject: target,
    state: STATES[state],
    finding: `${state}: ${detail}${unbound(superusers)}`,
    mend,
  }));
}

const STATES = { enforced: 'fine', advisory: 'warning', unknown: 'unknown' } as const;

/** Accounts that no grant binds; they stay a way around every gate. */
function unbound(superusers: readonly string[]): string {
  if (superusers.length === 0) return '';
  const more = superusers.length - MOST_NAMES;
  return ` No grant binds ${superusers.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}
