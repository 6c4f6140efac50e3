import { decode, encode } from 'fast-png';

/** Pixels on a side of one block, of which a kept picture has the mean colour. */
export const BLOCK = 8;
/** How far, in pixels, text and lines may lie elsewhere on another machine. */
const SLACK = 1;
/** By how much of 255 a block's colour may lie outside what that slack explains. */
const COLOUR_SLACK = 9;
/** Blocks touching one another that differ: more is something that one would see. */
const LARGEST_SPOT = 8;
/** Share of all blocks that may differ one by one. */
const LARGEST_SHARE = 0.004;
/** Pixels by which a page may be longer or shorter. */
const HEIGHT_SLACK = 6;
const CHANNELS = 3;

/** Red, green and blue of each pixel, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export interface Comparison {
  /** What a person would object to; empty when it is the same picture. */
  readonly objections: readonly string[];
  /** The agreed picture in grey, what differs in red. In blocks. */
  readonly difference: Picture;
}

/** Reads a PNG; without transparency. */
export function readPicture(png: Uint8Array): Picture {
  const { width, height, data, channels } = decode(png);
  const pixels = new Uint8Array(width * height * CHANNELS);
  for (let from = 0, to = 0; to < pixels.length; from += channels, to += CHANNELS) {
    for (let channel = 0; channel < CHANNELS; channel += 1)
      pixels[to + channel] = data[channels < CHANNELS ? from : from + channel] ?? 0;
  }
  return { width, height, data: pixels };
}

export function writePicture({ width, height, data }: Picture): Uint8Array {
  return encode({ width, height, data, channels: CHANNELS }, { zlib: { level: 9 } });
}

/** The mean colour of each whole block. */
export function inBlocks(picture: Picture): Picture {
  const sums = sumsOf(picture);
  const width = Math.floor(picture.width / BLOCK);
  const height = Math.floor(picture.height / BLOCK);
  const data = new Uint8Array(width * height * CHANNELS);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      for (let channel = 0; channel < CHANNELS; channel += 1)
        data[(y * width + x) * CHANNELS + channel] = Math.round(sums(x * BLOCK, y * BLOCK, channel));
  return { width, height, data };
}

/**
 * Whether a page still looks as it was agreed. `agreed` is in blocks, `actual` in pixels. Each block of what was
 * agreed must be found within a pixel of its place: so letters drawn by another font engine pass, and what is not
 * there, elsewhere or of another colour does not.
 */
export function compare(agreed: Picture, actual: Picture): Comparison {
  const width = Math.floor(actual.width / BLOCK);
  const height = Math.min(agreed.height, Math.floor(actual.height / BLOCK));
  const objections: string[] = [];
  if (width !== agreed.width)
    objections.push(`it is ${actual.width} pixels wide instead of ${agreed.width * BLOCK}`);
  const longer = actual.height - agreed.height * BLOCK;
  if (longer < -HEIGHT_SLACK || longer > BLOCK + HEIGHT_SLACK)
    objections.push(`it is ${actual.height} pixels long instead of about ${agreed.height * BLOCK}`);
  const found = objections.length > 0 && width !== agreed.width ? null : sumsOf(actual);
  const off = new Uint8Array(agreed.width * agreed.height);
  if (found) {
    for (let y = 0; y < height; y += 1)
      for (let x = 0; x < width; x += 1) if (differs(agreed, found, x, y)) off[y * width + x] = 1;
    objections.push(...objectionsTo(off, agreed.width));
  }
  return { objections, difference: differenceOf(agreed, off) };
}

function differs(agreed: Picture, found: Sums, x: number, y: number): boolean {
  for (let channel = 0; channel < CHANNELS; channel += 1) {
    const wanted = agreed.data[(y * agreed.width + x) * CHANNELS + channel] ?? 0;
    let least = Infinity;
    let most = -Infinity;
    for (let down = -SLACK; down <= SLACK; down += 1)
      for (let right = -SLACK; right <= SLACK; right += 1) {
        const mean = found(x * BLOCK + right, y * BLOCK + down, channel);
        least = Math.min(least, mean);
        most = Math.max(most, mean);
      }
    if (wanted < least - COLOUR_SLACK || wanted > most + COLOUR_SLACK) return true;
  }
  return false;
}

function objectionsTo(off: Uint8Array, width: number): string[] {
  const spots = spotsOf(off, width);
  const differing = off.reduce((sum, one) => sum + one, 0);
  const objections = spots
    .filter(({ blocks }) => blocks > LARGEST_SPOT)
    .toSorted((a, b) => b.blocks - a.blocks)
    .slice(0, 5)
    .map(
      ({ blocks, left, top, right, bottom }) =>
        `${blocks} blocks differ from (${left * BLOCK}, ${top * BLOCK}) to (${(right + 1) * BLOCK}, ${(bottom + 1) * BLOCK})`,
    );
  if (differing > off.length * LARGEST_SHARE)
    objections.push(`${differing} of ${off.length} blocks differ here and there`);
  return objections;
}

interface Spot {
  blocks: number;
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Blocks that differ and touch one another, corners too. */
function spotsOf(off: Uint8Array, width: number): Spot[] {
  const seen = new Uint8Array(off.length);
  const spots: Spot[] = [];
  for (let start = 0; start < off.length; start += 1) {
    if (off[start] === 0 || seen[start] === 1) continue;
    const spot = { blocks: 0, left: width, top: off.length, right: 0, bottom: 0 };
    const waiting = [start];
    seen[start] = 1;
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      const x = at % width;
      const y = Math.floor(at / width);
      spot.blocks += 1;
      spot.left = Math.min(spot.left, x);
      spot.right = Math.max(spot.right, x);
      spot.top = Math.min(spot.top, y);
      spot.bottom = Math.max(spot.bottom, y);
      for (let down = -1; down <= 1; down += 1)
        for (let right = -1; right <= 1; right += 1) {
          const next = at + down * width + right;
          if (x + right < 0 || x + right >= width || off[next] !== 1 || seen[next] === 1) continue;
          seen[next] = 1;
          waiting.push(next);
        }
    }
    spots.push(spot);
  }
  return spots;
}

function differenceOf(agreed: Picture, off: Uint8Array): Picture {
  const data = agreed.data.map((value, index) => {
    if (off[Math.floor(index / CHANNELS)] === 1) return index % CHANNELS === 0 ? 255 : 0;
    return 128 + value / 2;
  });
  return { ...agreed, data };
}

/** Mean of the block that begins at a pixel; what lies outside the picture is left out. */
type Sums = (left: number, top: number, channel: number) => number;

/** Sums of everything above and left of each pixel: then any block takes four of them. */
function sumsOf({ width, height, data }: Picture): Sums {
  const row = (width + 1) * CHANNELS;
  const sums = new Uint32Array(row * (height + 1));
  for (let y = 0; y < height; y += 1) {
    const line = [0, 0, 0];
    for (let x = 0; x < width; x += 1)
      for (let channel = 0; channel < CHANNELS; channel += 1) {
        const sum = (line[channel] ?? 0) + (data[(y * width + x) * CHANNELS + channel] ?? 0);
        line[channel] = sum;
        const at = (y + 1) * row + (x + 1) * CHANNELS + channel;
        sums[at] = (sums[at - row] ?? 0) + sum;
      }
  }
  return (left, top, channel) => {
    const [x, y] = [Math.max(0, left), Math.max(0, top)];
    const [right, bottom] = [Math.min(width, left + BLOCK), Math.min(height, top + BLOCK)];
    const at = (column: number, line: number): number => sums[line * row + column * CHANNELS + channel] ?? 0;
    const sum = at(right, bottom) - at(x, bottom) - at(right, y) + at(x, y);
    return sum / Math.max(1, (right - x) * (bottom - y));
  };
}
