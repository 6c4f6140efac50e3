/** For the default of a switch over all cases: the compiler refuses it when a case was forgotten. */
export function impossible(value: never): never {
  throw new TypeError(`Unexpected ${JSON.stringify(value)}`);
}
