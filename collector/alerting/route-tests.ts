import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { EVIDENCE_KINDS } from '#model/evidence.ts';
import { exampleEvent, type ExampleAlert } from './example-event.ts';
import type { Routing } from './routing.ts';
import { simulate } from './simulate.ts';

const closed = { additionalProperties: false } as const;
const text = Type.String({ minLength: 1 });
const oneOf = (names: readonly string[]) => Type.Optional(Type.Enum([...names]));
const list = Type.Optional(Type.Array(Type.String()));

/** A file of route tests: events, and who must be told of each. */
export const RouteTestFile = Type.Object(
  {
    tests: Type.Array(
      Type.Object(
        {
          name: text,
          alert: Type.Object(
            {
              severity: oneOf(['info', 'warning', 'critical']),
              urgency: oneOf(['page', 'notice']),
              state: oneOf(['firing', 'acknowledged', 'resolved']),
              kind: oneOf(EVIDENCE_KINDS),
              tier: Type.Optional(Type.Integer({ minimum: 1, maximum: 3 })),
              owner: Type.Optional(text),
              domain: Type.Optional(text),
              namespace: Type.Optional(text),
              dataset: Type.Optional(text),
              layer: Type.Optional(text),
              tags: list,
              subject: Type.Optional(text),
              partition: Type.Optional(text),
            },
            closed,
          ),
          /** `2026-03-29T02:30:00+02:00`. */
          at: Type.Optional(
            Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d)?(Z|[+-]\\d\\d:\\d\\d)$' }),
          ),
          /** Receivers that are told at once. */
          expect: Type.Array(Type.String()),
          /** Receivers that are told later: after quiet hours or maintenance. Not looked at when it is left out. */
          held: list,
          /** Receivers of escalation steps. Not looked at when it is left out. */
          later: list,
        },
        closed,
      ),
      { minItems: 1 },
    ),
  },
  closed,
);
export type RouteTestFile = Static<typeof RouteTestFile>;

export interface RouteTestResult {
  readonly name: string;
  readonly passed: boolean;
  /** What differs, in sentences, and then why. */
  readonly details: readonly string[];
}

const validator = Compile(RouteTestFile);

/** What is wrong with a file of route tests; empty when nothing. */
export function routeTestFaults(value: unknown): string[] {
  if (validator.Check(value)) return [];
  return validator.Errors(value).map(({ instancePath, keyword, message, params }) => {
    const extra = keyword === 'additionalProperties' ? `: ${params.additionalProperties.join(', ')}` : '';
    return `${instancePath || 'the file'} ${message}${extra}.`;
  });
}

/** Runs them against the routes as they are configured; silences do not count. */
export function runRouteTests({ tests }: RouteTestFile, routing: Routing, now: Date): RouteTestResult[] {
  return tests.map(({ name, alert, at, expect, held, later }) => {
    const moment = at === undefined ? now : new Date(at);
    const found = simulate(exampleEvent(alert as ExampleAlert, moment), {
      routing,
      silences: [],
      now: moment,
    });
    const details = [
      ...difference('told at once', expect, found.now),
      ...(held === undefined ? [] : difference('held', held, found.held)),
      ...(later === undefined ? [] : difference('told later', later, found.later)),
    ];
    if (details.length > 0)
      details.push(
        ...found.visits.map(
          ({ route, matched, because }) =>
            `route ${route} ${matched ? 'matched' : 'did not match'}: ${because}`,
        ),
        ...found.held.map(({ receiver, because }) => `${receiver} is not told at once: ${because}`),
      );
    return { name, passed: details.length === 0, details };
  });
}

function difference(
  what: string,
  expected: readonly string[],
  found: readonly { readonly receiver: string }[],
): string[] {
  const real = [...new Set(found.map(({ receiver }) => receiver))].toSorted();
  const wanted = [...new Set(expected)].toSorted();
  const words = (names: readonly string[]): string => (names.length === 0 ? 'nobody' : names.join(', '));
  return real.join('\n') === wanted.join('\n') ? [] : [`${what}: ${words(real)}, expected ${words(wanted)}`];
}
