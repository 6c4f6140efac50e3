import { Type, type Static } from 'typebox';
import { hostListResolver, patternGroupResolver, patternResolver } from '#model/namespace-resolvers.ts';
import { NO_RULES, type NamespaceResolver, type NamingRules } from '#model/naming.ts';

const text = Type.String({ minLength: 1 });
const letterCase = Type.Optional(Type.Union([Type.Literal('lower'), Type.Literal('upper')]));

const ResolverSettings = Type.Object(
  {
    type: Type.Union([Type.Literal('hostList'), Type.Literal('pattern'), Type.Literal('patternGroup')]),
    schema: Type.Optional(text),
    hosts: Type.Optional(Type.Array(text, { minItems: 1 })),
    regex: Type.Optional(text),
    matchingGroup: Type.Optional(text),
  },
  { additionalProperties: false },
);

/** `naming` in assay.yaml. Resolvers have the members that openlineage.yml has under dataset.namespaceResolvers. */
export const NamingSettings = Type.Object(
  {
    resolvers: Type.Optional(Type.Record(text, ResolverSettings)),
    case: Type.Optional(
      Type.Array(
        Type.Object(
          { scheme: text, namespace: letterCase, name: letterCase },
          { additionalProperties: false },
        ),
      ),
    ),
  },
  { additionalProperties: false },
);
export type NamingSettings = Static<typeof NamingSettings>;
type ResolverSettings = Static<typeof ResolverSettings>;

export interface NamingFault {
  /** JSON pointer of the setting. */
  readonly pointer: string;
  readonly fault: string;
}

/** What the schema cannot say: settings that a type needs or does not know, patterns that are none. */
export function namingFaults(settings: NamingSettings | undefined): NamingFault[] {
  return Object.entries(settings?.resolvers ?? {}).flatMap(([name, resolver]) => {
    const pointer = `/naming/resolvers/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return [...memberFaults(pointer, resolver), ...patternFaults(pointer, resolver)];
  });
}

const MEMBERS = {
  hostList: ['hosts'],
  pattern: ['regex'],
  patternGroup: ['regex', 'matchingGroup'],
} as const;

function memberFaults(pointer: string, resolver: ResolverSettings): NamingFault[] {
  const needed: readonly string[] = MEMBERS[resolver.type];
  return (['hosts', 'regex', 'matchingGroup'] as const).flatMap((member) => {
    const given = resolver[member] !== undefined;
    if (given === needed.includes(member)) return [];
    return given
      ? [{ pointer: `${pointer}/${member}`, fault: `is not for a resolver of type ${resolver.type}.` }]
      : [{ pointer, fault: `is a ${resolver.type} and needs ${member}.` }];
  });
}

function patternFaults(pointer: string, { regex, matchingGroup }: ResolverSettings): NamingFault[] {
  if (regex === undefined) return [];
  try {
    patternOf(regex);
  } catch (error) {
    const fault = `is no regular expression of JavaScript: ${(error as Error).message}.`;
    return [{ pointer: `${pointer}/regex`, fault }];
  }
  if (matchingGroup === undefined || groupsOf(regex).includes(matchingGroup)) return [];
  const fault = `names no group of the regex; write (?<${matchingGroup}>…) in it.`;
  return [{ pointer: `${pointer}/matchingGroup`, fault }];
}

/** The rules of settings without faults. */
export function namingRules(settings: NamingSettings | undefined): NamingRules {
  if (!settings) return NO_RULES;
  return {
    resolvers: Object.entries(settings.resolvers ?? {}).map(([name, resolver]) => resolverOf(name, resolver)),
    cases: (settings.case ?? []).map(({ scheme, namespace = null, name = null }) => ({
      scheme,
      namespace,
      name,
    })),
  };
}

function resolverOf(name: string, resolver: ResolverSettings): NamespaceResolver {
  const { type, schema = null, hosts = [], regex = '', matchingGroup = '' } = resolver;
  if (type === 'hostList') return hostListResolver(name, hosts, schema);
  const pattern = patternOf(regex);
  return type === 'pattern'
    ? patternResolver(name, pattern, schema)
    : patternGroupResolver(matchingGroup, pattern, schema);
}

const patternOf = (regex: string): RegExp => new RegExp(regex, 'g');

/** The names of a pattern's groups. An alternative that matches nothing has them all. */
function groupsOf(regex: string): string[] {
  return Object.keys(new RegExp(`${regex}|`).exec('')?.groups ?? {});
}
