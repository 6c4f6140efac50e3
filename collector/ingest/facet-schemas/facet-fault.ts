import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { FACET_SCHEMAS, type FacetPlace } from './index.ts';

/** What a facet's schema has against it. */
export interface FacetFault {
  /** JSON pointer below the facet; '' for the whole. */
  readonly pointer: string;
  readonly reason: string;
}

// Neither coerces nor strips; stops at the first fault: one warning tells the producer what to mend.
const ajv = new Ajv2020({ strict: false });
// The spec asks of `uri` and `date-time` no more than the simple patterns do, and they are on the write path.
ajvFormats.default(ajv, { mode: 'fast' });

const validators = new Map<string, ValidateFunction | null>();

/** The validator of a standard facet, compiled when first asked for; null for a facet that no standard names. */
function validatorOf(place: FacetPlace, name: string): ValidateFunction | null {
  const key = `${place} ${name}`;
  const known = validators.get(key);
  if (known !== undefined) return known;
  const schemas: Readonly<Record<string, object>> = FACET_SCHEMAS[place];
  const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
  // Names come from producers: only those that have a schema are remembered.
  if (schema === undefined) return null;
  const validator = ajv.compile(schema);
  validators.set(key, validator);
  return validator;
}

/**
 * Why the official schema of a standard facet refuses this one; null when it does not, or when there is none.
 * One thing that it refuses is let pass: see `BARE_SCHEME`.
 */
export function faultOf(place: FacetPlace, name: string, facet: unknown): FacetFault | null {
  const validate = validatorOf(place, name);
  if (validate === null || validate(facet)) return null;
  const [error] = validate.errors ?? [];
  const whole = error?.instancePath === '/uri' && name === 'dataSource' ? withWholeUri(facet) : null;
  if (whole !== null) return faultOf(place, name, whole);
  if (!error) return { pointer: '', reason: 'does not obey its schema' };
  if (error.keyword === 'required' || error.keyword === 'dependentRequired') {
    const missing = String(error.params['missingProperty']);
    return { pointer: `${error.instancePath}/${missing}`, reason: `${missing} is missing` };
  }
  const member = error.instancePath.split('/').at(-1) ?? '';
  const subject = /^\d*$/.test(member) ? 'this' : member;
  return { pointer: error.instancePath, reason: `${subject} ${error.message ?? 'is not valid'}` };
}

/**
 * Spark says of every local path that its data source is `file`: the namespace of the naming spec, which is
 * a scheme alone, where the schema asks for a URI. Nobody can mend that, so a scheme counts as one with its
 * colon (RFC 3986, 3.1).
 */
const BARE_SCHEME = /^[a-z][a-z\d+.-]*$/i;

/** A dataSource facet whose uri is a scheme, with its colon; null for all others. */
function withWholeUri(facet: unknown): object | null {
  if (typeof facet !== 'object' || facet === null || !('uri' in facet)) return null;
  const { uri } = facet;
  return typeof uri === 'string' && BARE_SCHEME.test(uri) ? { ...facet, uri: `${uri}:` } : null;
}
