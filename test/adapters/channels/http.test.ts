import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { isPrivateAddress } from '#adapters/http/private-addresses.ts';
import { httpSender, retryAfter } from '#adapters/http/send.ts';
import { refusalOf } from '#model/http-exchange.ts';
import { httpDouble } from '#test/support/http-double.ts';

const post = (url: string) => ({ method: 'POST', url, headers: {}, body: '{}' }) as const;

describe('sending to receivers', () => {
  test('an answer comes with its code, its beginning and when to come again', async (t) => {
    const double = await httpDouble(t);
    double.answer = () => ({ code: 429, headers: { 'retry-after': '7' }, body: 'x'.repeat(300_000) });
    const before = Date.now();
    const answer = await httpSender({ allowPrivate: true })(post(`${double.url}/a?b=c`));
    assert.ok(answer.status === 'answered');
    assert.equal(answer.code, 429);
    assert.equal(answer.body.length, 64 * 1024);
    assert.ok((answer.notBefore?.getTime() ?? 0) >= before + 7000);
    assert.equal(double.got[0]?.path, '/a?b=c');
  });

  test('a redirect is an answer, and nobody goes there', async (t) => {
    const double = await httpDouble(t);
    double.answer = () => ({ code: 302, headers: { location: `${double.url}/elsewhere` } });
    const answer = await httpSender({ allowPrivate: true })(post(double.url));
    assert.equal(answer.status === 'answered' && answer.code, 302);
    assert.equal(double.got.length, 1);
    assert.equal(refusalOf(answer, 'hook')?.status, 'failure');
  });

  test('silence, a broken connection and a closed port are retryable', async (t) => {
    const double = await httpDouble(t);
    const send = httpSender({ allowPrivate: true, timeoutMs: 200 });
    double.answer = () => 'hang';
    assert.deepEqual(await send(post(double.url)), { status: 'unreachable', reason: 'no answer in time' });
    double.answer = () => 'drop';
    assert.equal((await send(post(double.url))).status, 'unreachable');
    await double.close();
    const refused = await send(post(double.url));
    assert.deepEqual(refused, { status: 'unreachable', reason: 'ECONNREFUSED' });
    assert.equal(refusalOf(refused, 'hook')?.status, 'retryable');
  });

  test('nothing is sent into private networks, by address or by name, unless it is allowed', async (t) => {
    const reached = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(reached, 'listening');
    t.after(() => reached.close());
    let connections = 0;
    reached.on('connection', () => (connections += 1));
    const { port } = reached.address() as { port: number };
    const send = httpSender({ allowPrivate: false, timeoutMs: 2000 });
    for (const host of [
      '127.0.0.1',
      'localhost',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '2130706433',
      '0x7f.1',
      '0.0.0.0',
    ]) {
      const answer = await send(post(`http://${host}:${port}/`));
      assert.equal(answer.status, 'refused', host);
      assert.match(answer.status === 'refused' ? answer.reason : '', /private network.*allow_private/);
    }
    assert.equal((await send(post('ftp://example.com/'))).status, 'refused');
    assert.equal(connections, 0);
  });

  test('addresses that are not of the public internet are known', () => {
    const PRIVATE = [
      '10.1.2.3',
      '172.31.0.1',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '127.9.9.9',
      '0.0.0.0',
      '224.0.0.1',
      '255.255.255.255',
      '::1',
      '::',
      'fd00::1',
      'fe80::1%eth0',
      '::ffff:10.0.0.1',
      '::ffff:a9fe:a9fe',
      '64:ff9b::a00:1',
      '2002:7f00:1::',
      'ff02::1',
      'not an address',
    ];
    const PUBLIC = ['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:8.8.8.8'];
    assert.deepEqual(
      PRIVATE.filter((address) => !isPrivateAddress(address)),
      [],
    );
    assert.deepEqual(PUBLIC.filter(isPrivateAddress), []);
  });

  test('Retry-After is seconds or a date, never longer than an hour', () => {
    const now = new Date('2026-03-01T00:00:00Z');
    assert.deepEqual(retryAfter('30', now), new Date('2026-03-01T00:00:30Z'));
    assert.deepEqual(retryAfter('Sun, 01 Mar 2026 00:10:00 GMT', now), new Date('2026-03-01T00:10:00Z'));
    assert.deepEqual(retryAfter('999999999', now), new Date('2026-03-01T01:00:00Z'));
    assert.deepEqual(retryAfter('Sun, 01 Mar 2020 00:10:00 GMT', now), now);
    assert.equal(retryAfter('soon', now), null);
    assert.equal(retryAfter(undefined, now), null);
  });
});
