import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { emailChannel } from '#adapters/email/channel.ts';
import { isMailAddress } from '#adapters/email/settings.ts';
import type { AlertChannel } from '#model/alert.ts';
import { alert, incidentId, NOW } from '#test/alerting/support.ts';
import { delivery, nastyEvent } from './nasty.ts';

interface MailServer {
  readonly port: number;
  /** Whole letters with the addresses of their envelopes. */
  readonly got: { readonly to: readonly string[]; readonly raw: string }[];
  refuse: { readonly code: number; readonly text: string } | null;
  /** Open connections. */
  readonly sockets: Set<Socket>;
}

/** A real SMTP server. Its certificate is its own. */
async function mailServer(t: TestContext, options: SMTPServerOptions = {}): Promise<MailServer> {
  const made: MailServer = { port: 0, got: [], refuse: null, sockets: new Set() };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.once('end', () => {
        if (made.refuse !== null) {
          done(Object.assign(new Error(made.refuse.text), { responseCode: made.refuse.code }));
          return;
        }
        made.got.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          raw: Buffer.concat(parts).toString('utf8'),
        });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  const listening = server.listen(0, '127.0.0.1');
  listening.on('connection', (socket: Socket) => {
    made.sockets.add(socket);
    socket.once('close', () => made.sockets.delete(socket));
  });
  await once(listening, 'listening');
  t.after(() => new Promise<void>((resolve) => server.close(resolve)));
  return Object.assign(made, { port: (listening.address() as AddressInfo).port });
}

function channelOf(
  t: TestContext,
  { port }: Pick<MailServer, 'port'>,
  more: { smtp?: string; allowPlain?: boolean } = {},
): AlertChannel {
  const channel = emailChannel('mail', {
    smtp: more.smtp ?? `smtp://127.0.0.1:${port}`,
    from: 'Assay <assay@data.example.com>',
    to: ['data@example.com'],
    allowPlain: more.allowPlain ?? true,
  });
  t.after(() => channel.close());
  return channel;
}

/** Headers of a letter, unfolded, by name in small letters. */
function headersOf(raw: string): Map<string, string> {
  const [head = ''] = raw.split('\r\n\r\n');
  return new Map(
    head
      .replaceAll(/\r\n[ \t]+/g, ' ')
      .split('\r\n')
      .map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
  );
}

/** The text of a part, decoded. */
function partOf(raw: string, type: string): string {
  const part = raw.split(/\r\n--[^\r\n]+/).find((one) => one.includes(`Content-Type: ${type}`)) ?? '';
  const [head = '', ...body] = part.split('\r\n\r\n');
  const text = body.join('\r\n\r\n');
  if (/base64/i.test(head)) return Buffer.from(text, 'base64').toString('utf8');
  if (!/quoted-printable/i.test(head)) return text;
  const bytes = text
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

test('letters about one incident are one thread, and machines leave them alone', async (t) => {
  const server = await mailServer(t);
  const channel = channelOf(t, server);
  const first = await channel.deliver(delivery(alert(1)), NOW);
  assert.ok(first.status === 'success');
  const { thread } = first.value;
  assert.equal(thread, `<${incidentId(1)}@data.example.com>`);
  const second = await channel.deliver(
    delivery(alert(1, { version: 2, state: 'resolved' }), { thread }),
    NOW,
  );
  assert.deepEqual(second, first, 'the thread stays the first letter');
  const [one, two] = server.got.map(({ raw }) => headersOf(raw));
  assert.equal(one?.get('message-id'), thread);
  assert.equal(one?.get('in-reply-to'), undefined);
  assert.equal(one?.get('subject'), 'FIRING critical: gold.orders dt=2026-03-01');
  assert.equal(one?.get('auto-submitted'), 'auto-generated');
  assert.equal(one?.get('list-id'), 'Assay alerts <alerts.data.example.com>');
  assert.equal(two?.get('in-reply-to'), thread);
  assert.equal(two?.get('references'), thread);
  assert.notEqual(two?.get('message-id'), thread);
  const raw = server.got[0]?.raw ?? '';
  assert.match(partOf(raw, 'text/plain'), /^row_count of gold\.orders is 10, expected 900 to 1100\./m);
  assert.match(partOf(raw, 'text/html'), /<td>gold\.orders|postgres:\/\/db\/gold\.orders<\/td>/);
});

test('a letter that is sent again is the same letter', async (t) => {
  const server = await mailServer(t);
  const channel = channelOf(t, server);
  for (let n = 0; n < 2; n += 1)
    await channel.deliver(delivery(alert(1, { version: 2 }), { thread: '<a@data.example.com>' }), NOW);
  const [one, two] = server.got.map(({ raw }) => headersOf(raw).get('message-id'));
  assert.equal(one, two);
});

test('no text becomes a header, a recipient or markup', async (t) => {
  const server = await mailServer(t);
  const channel = channelOf(t, server);
  assert.equal(
    (await channel.deliver(delivery(nastyEvent(), { others: [nastyEvent()], idempotencyKey: 'k' }), NOW))
      .status,
    'success',
  );
  const [{ to, raw } = { to: [], raw: '' }] = server.got;
  assert.deepEqual(to, ['data@example.com']);
  assert.equal(headersOf(raw).has('bcc'), false);
  const html = partOf(raw, 'text/html');
  assert.doesNotMatch(html, /<script|javascript:|\u202E/);
  assert.match(html, /&lt;script&gt;/);
  const wrong = [
    'x@example.com\r\nBcc: victim@example.com',
    'a@example.com, b@example.com',
    '"x y"@example.com',
    'x',
    '<x@example.com>',
    '',
  ];
  for (const recipient of wrong) {
    assert.equal(isMailAddress(recipient), false, recipient);
    assert.equal((await channel.deliver(delivery(alert(2), { recipient }), NOW)).status, 'failure');
  }
  assert.equal(server.got.length, 1);
});

test('4yz is asked again, 5yz is final, and so is neither a wrong password nor a server that is gone', async (t) => {
  const server = await mailServer(t);
  const channel = channelOf(t, server);
  server.refuse = { code: 451, text: 'try later' };
  const later = await channel.deliver(delivery(alert(1)), NOW);
  assert.equal(later.status, 'retryable');
  server.refuse = { code: 550, text: 'no such person' };
  assert.equal((await channel.deliver(delivery(alert(1)), NOW)).status, 'failure');
  server.refuse = null;
  assert.equal((await channel.deliver(delivery(alert(1)), NOW)).status, 'success');

  const strict = await mailServer(t, {
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: (_auth, _session, done) => done(new Error('wrong')),
  });
  const denied = await channelOf(t, strict, { smtp: `smtp://ada:hunter2@127.0.0.1:${strict.port}` }).deliver(
    delivery(alert(1)),
    NOW,
  );
  assert.equal(denied.status, 'retryable');
  assert.doesNotMatch(JSON.stringify(denied), /hunter2/);
  const gone = await channelOf(t, { port: 1 }).deliver(delivery(alert(1)), NOW);
  assert.equal(gone.status, 'retryable');
});

test('a password never travels in the clear unless it is allowed', async (t) => {
  const seen: string[] = [];
  const server = await mailServer(t, {
    allowInsecureAuth: true,
    authOptional: false,
    onAuth: ({ username }, _session, done) => {
      seen.push(username ?? '');
      done(null, { user: username });
    },
  });
  const smtp = `smtp://ada:hunter2@127.0.0.1:${server.port}`;
  assert.equal(
    (await channelOf(t, server, { smtp, allowPlain: false }).deliver(delivery(alert(1)), NOW)).status,
    'retryable',
  );
  assert.deepEqual([seen, server.got.length], [[], 0]);
  assert.equal((await channelOf(t, server, { smtp }).deliver(delivery(alert(1)), NOW)).status, 'success');
  assert.deepEqual(seen, ['ada']);
});

test('its sign of life is a letter that says so', async (t) => {
  const server = await mailServer(t);
  assert.equal((await channelOf(t, server).heartbeat(NOW)).status, 'success');
  assert.match(server.got[0]?.raw ?? '', /Assay can reach this address/);
});

test('a mail server that breaks off in the middle of a letter is asked again, and gets the letter once it is back', async (t) => {
  const server = await mailServer(t, {
    onData(stream) {
      stream.resume();
      // It has taken the letter and dies without a word.
      stream.once('end', () => server.sockets.forEach((socket) => socket.destroy()));
    },
  });
  const broken = await channelOf(t, server).deliver(delivery(alert(1)), NOW);
  assert.equal(broken.status, 'retryable');
  const back = await mailServer(t);
  assert.equal((await channelOf(t, back).deliver(delivery(alert(1)), NOW)).status, 'success');
  assert.equal(back.got.length, 1);
});
