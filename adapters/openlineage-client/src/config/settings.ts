import { ConfigurationError } from '../errors.ts';

/**
 * One section of configuration, read key by key. Keys match whatever their spelling (`api_key`, `apiKey`,
 * `apikey`), because environment variables arrive in lower case and the Python and Java clients differ.
 * Errors name the key, not the value: a value may be a secret.
 */
export class Settings {
  readonly path: string;
  readonly #values: ReadonlyMap<string, unknown>;

  /** @throws {ConfigurationError} when the value is not a mapping */
  constructor(values: unknown, path: string) {
    if (!isRecord(values)) throw new ConfigurationError(`${path} must be a mapping of keys to values.`);
    this.path = path;
    this.#values = new Map(Object.entries(values).map(([key, value]) => [plainKey(key), value]));
  }

  /** The value under the first of these keys that has one. */
  value(...keys: readonly string[]): unknown {
    return keys
      .map((key) => this.#values.get(plainKey(key)))
      .find((value) => value !== undefined && value !== null);
  }

  string(...keys: readonly [string, ...string[]]): string | undefined {
    const value = this.value(...keys);
    if (value === undefined || typeof value === 'string') return value;
    // A key or a host that looks like a number was parsed as JSON or YAML on its way here.
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw this.error(keys[0], 'must be text');
  }

  requiredString(...keys: readonly [string, ...string[]]): string {
    const value = this.string(...keys)?.trim();
    if (value === undefined || value === '') throw this.error(keys[0], 'is required');
    return value;
  }

  number(key: string, fallback: number, range: { readonly min: number; readonly integer?: boolean }): number {
    const value = this.value(key);
    if (value === undefined) return fallback;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    const fits = typeof number === 'number' && Number.isFinite(number) && number >= range.min;
    if (!fits || (range.integer === true && !Number.isInteger(number))) {
      throw this.error(
        key,
        `must be ${range.integer === true ? 'a whole number' : 'a number'} from ${range.min} up`,
      );
    }
    return number;
  }

  boolean(key: string, fallback: boolean): boolean {
    const value = this.value(key);
    if (value === undefined) return fallback;
    const text = typeof value === 'string' ? value.trim().toLowerCase() : value;
    if (text === true || text === 'true') return true;
    if (text === false || text === 'false') return false;
    throw this.error(key, 'must be true or false');
  }

  /** A mapping of names to texts, such as headers. */
  strings(...keys: readonly [string, ...string[]]): Readonly<Record<string, string>> {
    const value = this.value(...keys);
    if (value === undefined) return {};
    if (!isRecord(value)) throw this.error(keys[0], 'must be a mapping of names to texts');
    return Object.fromEntries(
      Object.entries(value).map(([name, text]) => {
        if (typeof text === 'string') return [name, text];
        if (typeof text === 'number' || typeof text === 'boolean') return [name, String(text)];
        throw this.error(`${keys[0]}.${name}`, 'must be text');
      }),
    );
  }

  stringList(key: string): readonly string[] {
    const value = this.value(key);
    if (value === undefined) return [];
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
      throw this.error(key, 'must be a list of texts');
    }
    return value;
  }

  numberList(key: string, fallback: readonly number[]): readonly number[] {
    const value = this.value(key);
    if (value === undefined) return fallback;
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'number')) {
      throw this.error(key, 'must be a list of numbers');
    }
    return value;
  }

  list(key: string): readonly unknown[] {
    const value = this.value(key);
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw this.error(key, 'must be a list');
    return value;
  }

  /** One mapping of a list. */
  item(key: string, index: number): Settings {
    return new Settings(this.list(key)[index], `${this.path}.${key}[${index}]`);
  }

  section(key: string): Settings | undefined {
    const value = this.value(key);
    return value === undefined ? undefined : new Settings(value, `${this.path}.${key}`);
  }

  /** An error about one key of this section. */
  error(key: string, problem: string): ConfigurationError {
    return new ConfigurationError(`${this.path}.${key} ${problem}.`);
  }
}

/** True for a plain mapping, whatever made it. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function plainKey(key: string): string {
  return key.replaceAll(/[_-]/g, '').toLowerCase();
}
