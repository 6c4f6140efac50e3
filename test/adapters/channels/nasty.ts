import type { AlertEvent, Delivery } from '#model/alert.ts';
import { alert, dataset } from '#test/alerting/support.ts';

/** Texts that mean something to a header, to HTML, to Markdown, to Slack, to a template or to a terminal. */
export const NASTY =
  'x\r\nBcc: victim@example.com\r\n\r\n<script>alert(1)</script> <!channel> <@U123> *b* [l](http://evil.example) {{ .Labels }} ${VAR} \u202Egnp\u202C \u0000\u001b[31m & "q" \'s\'';

export const nastyEvent = (more: Partial<AlertEvent> = {}): AlertEvent =>
  alert(1, {
    root: dataset(`gold.${NASTY}`, { owner: NASTY, domain: NASTY, tags: [NASTY], namespace: NASTY }),
    partition: NASTY,
    subject: NASTY,
    summary: NASTY,
    hint: NASTY,
    expected: NASTY,
    changes: [NASTY],
    impacted: [dataset(NASTY)],
    impactedCount: 1,
    heldPublications: 2,
    links: {
      incident: 'https://assay.example.com/i/1',
      dataset: 'https://assay.example.com/d/1',
      lineage: 'javascript:alert(1)',
      runbook: 'javascript:alert(2)',
    },
    ...more,
  });

export const delivery = (event: AlertEvent, more: Partial<Delivery> = {}): Delivery => ({
  idempotencyKey: `key-${event.version}-${event.state}`,
  event,
  others: [],
  recipient: null,
  thread: null,
  ...more,
});
