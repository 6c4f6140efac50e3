import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  askedWords,
  columnWord,
  editDistance,
  lastPart,
  searchName,
  searchWords,
} from '#model/search-words.ts';

test('words are cut where names are, in one case and without accents', () => {
  assert.deepEqual(searchWords('shop.dailyRevenue_byRegion-2026'), [
    'shop',
    'daily',
    'revenue',
    'by',
    'region',
    '2026',
  ]);
  assert.deepEqual(searchWords('HTTPServerLog'), ['http', 'server', 'log']);
  assert.deepEqual(searchWords('Gästebuch Ｆｕｌｌ ﬁn'), ['gastebuch', 'full', 'fin']);
  assert.deepEqual(searchWords(`<script>'; --`), ['script']);
  assert.deepEqual(searchWords('表格_订单'), ['表格', '订单']);
  assert.deepEqual(searchWords(''), []);
});

test('what is cut keeps whole characters', () => {
  const long = searchWords(`${'a'.repeat(47)}𝒳𝒳`.normalize('NFC'));
  assert.ok(long.every((word) => word.isWellFormed() && word.length <= 48));
  assert.ok(searchName('🙂'.repeat(2000) + '𠀀'.repeat(1000)).isWellFormed());
});

test('names are compared by their words, and called by their last part', () => {
  assert.equal(searchName('shop.Public.OrderItems'), 'shop public order items');
  assert.equal(lastPart('shop.public.orders'), 'orders');
  assert.equal(lastPart('warehouse/orders/'), 'orders');
  assert.equal(columnWord('customerId'), columnWord('customer_id'));
  assert.deepEqual(askedWords('orders Orders  by day'), ['orders', 'by', 'day']);
});

test('a distance counts letters added, left out, changed and swapped', () => {
  assert.equal(editDistance('orders', 'orders', 2), 0);
  assert.equal(editDistance('ordrs', 'orders', 2), 1);
  assert.equal(editDistance('odrers', 'orders', 2), 1);
  assert.equal(editDistance('vrders', 'orders', 2), 1);
  assert.equal(editDistance('custmr', 'customer', 2), 2);
  assert.equal(editDistance('abc', 'orders', 2), 3);
});
