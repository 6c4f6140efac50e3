import type { OpenLineageEvent, RunEvent } from '../event.ts';
import { isRunEvent } from '../event.ts';
import type { BaseFacet, Tag } from '../facets/index.ts';
import {
  environmentVariablesRunFacet,
  sourceCodeLocationJobFacet,
  tagsJobFacet,
  tagsRunFacet,
} from '../facets/index.ts';
import { VERSION } from '../version.ts';
import type { Environment } from './environment.ts';
import type { Settings } from './settings.ts';

/** What the configuration adds to events, and which it holds back; as in the Python client. */
export interface Enrichment {
  /** The event with what is to be added, or undefined when a filter holds it back. Changes nothing in place. */
  apply(event: OpenLineageEvent): OpenLineageEvent | undefined;
}

/**
 * Reads the sections `tags` (`job`, `run`), `facets` (`environment_variables`, `source_code_location`) and
 * `filters` (`exact` or `regex` on the job name of run events).
 * @throws {ConfigurationError}
 */
export function readEnrichment(config: Settings, env: Environment): Enrichment {
  const tags = config.section('tags');
  const jobTags = userTags(tags?.strings('job') ?? {});
  const runTags = [
    ...userTags(tags?.strings('run') ?? {}),
    { key: 'openlineage_client_version', value: VERSION, source: 'OPENLINEAGE_CLIENT' },
  ];
  const variables = (config.section('facets')?.stringList('environment_variables') ?? []).flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [{ name, value }];
  });
  const location = readLocation(config.section('facets')?.section('source_code_location'));
  const holdsBack = readFilters(config);

  return {
    apply(event) {
      if (event.job === undefined) return event;
      const tagged = jobTags.length === 0 ? event : { ...event, job: withJobTags(event.job, jobTags) };
      if (!isRunEvent(tagged)) return tagged;
      if (holdsBack(tagged.job.name)) return undefined;
      return withRunFacets(withLocation(tagged, location), runTags, variables);
    },
  };
}

function withJobTags(job: RunEvent['job'], tags: readonly Tag[]): RunEvent['job'] {
  const facet = tagsJobFacet({ tags: mergeTags(job.facets?.tags?.tags, tags) });
  return { ...job, facets: { ...job.facets, tags: { ...facet, ...producerOf(job.facets?.tags) } } };
}

type Location = NonNullable<NonNullable<RunEvent['job']['facets']>['sourceCodeLocation']>;

/** Where the jobs' source is, for those that do not say it themselves; off unless `disabled` is false. */
function readLocation(settings: Settings | undefined): Location | undefined {
  if (settings === undefined || settings.boolean('disabled', true)) return undefined;
  const url = settings.requiredString('repo_url');
  const optional = {
    version: settings.string('version'),
    tag: settings.string('tag'),
    branch: settings.string('branch'),
    pullRequestNumber: settings.string('pull_request_number'),
  };
  const known = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return sourceCodeLocationJobFacet({ type: 'git', url, repoUrl: url, ...known });
}

function withLocation(event: RunEvent, location: Location | undefined): RunEvent {
  if (location === undefined || event.job.facets?.sourceCodeLocation !== undefined) return event;
  const facets = { ...event.job.facets, sourceCodeLocation: location };
  return { ...event, job: { ...event.job, facets } };
}

function withRunFacets(
  event: RunEvent,
  tags: readonly Tag[],
  variables: readonly { readonly name: string; readonly value: string }[],
): RunEvent {
  const { facets } = event.run;
  const tagsFacet = {
    ...tagsRunFacet({ tags: mergeTags(facets?.tags?.tags, tags) }),
    ...producerOf(facets?.tags),
  };
  if (variables.length === 0)
    return { ...event, run: { ...event.run, facets: { ...facets, tags: tagsFacet } } };
  const own = facets?.environmentVariables?.environmentVariables ?? [];
  const added = variables.filter(({ name }) => !own.some((variable) => variable.name === name));
  const environmentVariables = {
    ...environmentVariablesRunFacet({ environmentVariables: [...own, ...added] }),
    ...producerOf(facets?.environmentVariables),
  };
  return { ...event, run: { ...event.run, facets: { ...facets, tags: tagsFacet, environmentVariables } } };
}

/** A facet that was there before keeps its producer. */
function producerOf(facet: BaseFacet | undefined): Partial<BaseFacet> {
  return facet === undefined ? {} : { ['_producer']: facet['_producer'] };
}

/** Configured tags replace those of the same key, whatever its case, and keep the case that was there. */
function mergeTags(present: readonly Tag[] = [], configured: readonly Tag[]): readonly Tag[] {
  const spelling = new Map(present.map(({ key }) => [key.toLowerCase(), key]));
  const replaced = new Set(configured.map(({ key }) => key.toLowerCase()));
  return [
    ...present.filter(({ key }) => !replaced.has(key.toLowerCase())),
    ...configured.map((tag) => ({ ...tag, key: spelling.get(tag.key.toLowerCase()) ?? tag.key })),
  ];
}

function userTags(tags: Readonly<Record<string, string>>): readonly Tag[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value, source: 'USER' }));
}

function readFilters(config: Settings): (jobName: string) => boolean {
  const filters = config.list('filters').map((_, index) => {
    const filter = config.item('filters', index);
    const type = filter.requiredString('type');
    if (type === 'exact') {
      const match = filter.requiredString('match');
      return (name: string) => name === match;
    }
    if (type !== 'regex') throw filter.error('type', 'must be exact or regex');
    const pattern = compile(filter);
    return (name: string) => pattern.test(name);
  });
  return (jobName) => filters.some((matches) => matches(jobName));
}

/** Python's `re.match`: anchored at the start. */
function compile(filter: Settings): RegExp {
  const source = filter.requiredString('regex');
  try {
    return new RegExp(`^(?:${source})`, 'u');
  } catch {
    throw filter.error('regex', 'is not a regular expression that JavaScript understands');
  }
}
