import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BLOCK, compare, inBlocks, readPicture, writePicture, type Picture } from '#test/support/picture.ts';

const [WIDTH, HEIGHT] = [320, 240];
type Colour = readonly [red: number, green: number, blue: number];
const PAPER: Colour = [246, 245, 241];
const INK: Colour = [26, 28, 33];

/** Paper with lines of ink as text has them; `at` says otherwise for a pixel. */
function page(at: (x: number, y: number) => Colour | null = () => null, height = HEIGHT): Picture {
  const data = new Uint8Array(WIDTH * height * 3);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < WIDTH; x += 1) data.set(at(x, y) ?? textAt(x, y), (y * WIDTH + x) * 3);
  return { width: WIDTH, height, data };
}

const textAt = (x: number, y: number): Colour => (y % 24 < 10 && (x * 7 + y * 3) % 5 === 0 ? INK : PAPER);
const within = (x: number, y: number, left: number, top: number, side: number): boolean =>
  x >= left && x < left + side && y >= top && y < top + side;

describe('comparing pictures of pages', () => {
  const agreed = inBlocks(page());
  const objectionsTo = (actual: Picture) => compare(agreed, actual).objections;

  test('the same picture passes, also when it was written and read', () => {
    assert.deepEqual(objectionsTo(page()), []);
    assert.deepEqual(readPicture(writePicture(agreed)), agreed);
  });

  test('what lies a pixel aside or lower passes', () => {
    for (const [right, down] of [
      [1, 0],
      [0, 1],
      [-1, -1],
    ] as const)
      assert.deepEqual(objectionsTo(page((x, y) => textAt(x + right, y + down))), []);
  });

  test('what lies six pixels lower does not', () => {
    assert.match(objectionsTo(page((x, y) => textAt(x, y + 6))).join(), /blocks differ/);
  });

  test('one letter may differ, a word may not, and its place is told', () => {
    const without = (side: number) => page((x, y) => (within(x, y, 80, 0, side) ? PAPER : null));
    assert.deepEqual(objectionsTo(without(8)), []);
    const wide = page((x, y) => (x >= 80 && x < 160 && y < 12 ? PAPER : null));
    assert.match(objectionsTo(wide).join(), /18 blocks differ from \(80, 0\) to \(160, 16\)/);
  });

  test('another ground is told, however near', () => {
    const greyer = (value: number): number => value - 14;
    const [red, green, blue] = PAPER;
    const ground: Colour = [greyer(red), greyer(green), greyer(blue)];
    const actual = page((x, y) => (textAt(x, y) === PAPER ? ground : null));
    assert.notDeepEqual(objectionsTo(actual), []);
  });

  test('many single letters that differ are told together', () => {
    const spots = page((x, y) => (x % (BLOCK * 5) < BLOCK && y % 24 < BLOCK ? PAPER : null));
    assert.match(objectionsTo(spots).join(), /differ here and there/);
  });

  test('another size is told', () => {
    assert.match(objectionsTo(page(undefined, HEIGHT + 40)).join(), /280 pixels long instead of about 240/);
    assert.match(objectionsTo(page(undefined, HEIGHT - 20)).join(), /220 pixels long/);
    const narrow = { width: WIDTH - 16, height: HEIGHT, data: new Uint8Array((WIDTH - 16) * HEIGHT * 3) };
    assert.match(objectionsTo(narrow).join(), /304 pixels wide instead of 320/);
  });

  test('what differs is red in the picture of the difference', () => {
    const { difference } = compare(
      agreed,
      page((x, y) => (within(x, y, 80, 0, 40) ? PAPER : null)),
    );
    const first = (80 / BLOCK) * 3;
    assert.deepEqual(Array.from(difference.data.subarray(first, first + 3)), [255, 0, 0]);
  });
});
