import type { Settings } from '../config/settings.ts';
import type { OpenLineageEvent } from '../event.ts';
import { isRunEvent } from '../event.ts';
import type { ParentRunFacet } from '../facets/index.ts';

/**
 * Puts every job into the namespace `new_job_namespace`, and, unless `include_parent_facet` is false, the
 * jobs that the parent facet names as parent and root; as the Python client's JobNamespaceReplaceTransformer.
 * @throws {ConfigurationError}
 */
export function jobNamespaceReplaceTransformer(
  properties: Settings,
): (event: OpenLineageEvent) => OpenLineageEvent {
  const namespace = properties.requiredString('new_job_namespace');
  const includesParent = properties.boolean('include_parent_facet', true);
  return (event) => {
    if (event.job === undefined) return event;
    const job = { ...event.job, namespace };
    if (!isRunEvent(event)) return { ...event, job };
    const parent = event.run.facets?.parent;
    if (!includesParent || parent === undefined) return { ...event, job };
    const facets = { ...event.run.facets, parent: moved(parent, namespace) };
    return { ...event, job, run: { ...event.run, facets } };
  };
}

function moved(parent: ParentRunFacet, namespace: string): ParentRunFacet {
  const job = { ...parent.job, namespace };
  if (parent.root === undefined) return { ...parent, job };
  return { ...parent, job, root: { ...parent.root, job: { ...parent.root.job, namespace } } };
}
