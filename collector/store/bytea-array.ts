const BYTEA = 17;
const HEADER = 20;
const NULL = -1;

/** bytea[] in the binary wire format of binary-array.ts. */
export function byteaArray(values: readonly (Uint8Array | null)[]): Buffer {
  const out = Buffer.allocUnsafe(
    values.length === 0
      ? 12
      : values.reduce((size, value) => size + 4 + (value === null ? 0 : value.length), HEADER),
  );
  out.writeInt32BE(values.length === 0 ? 0 : 1, 0);
  out.writeInt32BE(values.includes(null) ? 1 : 0, 4);
  out.writeInt32BE(BYTEA, 8);
  if (values.length === 0) return out;
  out.writeInt32BE(values.length, 12);
  out.writeInt32BE(1, 16);
  let at = HEADER;
  for (const value of values) {
    out.writeInt32BE(value === null ? NULL : value.length, at);
    at += 4;
    if (value === null) continue;
    out.set(value, at);
    at += value.length;
  }
  return out;
}
