/** Where this tab keeps the key that its reader typed: until it is closed, and for no other tab. */
const PLACE = 'assay-key';

/** The header that carries the key, if there is one. */
export function authorization(): Readonly<Record<string, string>> {
  const key = sessionStorage.getItem(PLACE);
  return key === null ? {} : { authorization: `Bearer ${key}` };
}

/** Whether a key was typed, and so was not accepted if the server still asks for one. */
export const hasKey = (): boolean => sessionStorage.getItem(PLACE) !== null;

export function keepKey(key: string): void {
  sessionStorage.setItem(PLACE, key);
}

export function forgetKey(): void {
  sessionStorage.removeItem(PLACE);
}
