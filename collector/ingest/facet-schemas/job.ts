import { Type } from 'typebox';
import { entityFacet, optionalText, text } from './base.ts';
import { Tag } from './run.ts';

/** JobTypeJobFacet 2-0-4 */
export const JobType = entityFacet({
  processingType: text,
  integration: text,
  jobType: optionalText,
  emissionPattern: Type.Optional(
    Type.Object({
      eventTrigger: text,
      eventContentMode: text,
      windowDuration: Type.Optional(Type.Integer({ minimum: 1 })),
    }),
  ),
});

/** SQLJobFacet 1-1-0 */
export const Sql = entityFacet({ query: text, dialect: optionalText });

/** SourceCodeJobFacet 1-0-1 */
export const SourceCode = entityFacet({ language: text, sourceCode: text });

/** SourceCodeLocationJobFacet 1-1-0 */
export const SourceCodeLocation = entityFacet({
  type: text,
  url: Type.String({ format: 'uri' }),
  repoUrl: optionalText,
  path: optionalText,
  version: optionalText,
  tag: optionalText,
  branch: optionalText,
  pullRequestNumber: optionalText,
});

/** DocumentationJobFacet and DocumentationDatasetFacet 1-1-0 */
export const Documentation = entityFacet({ description: text, contentType: optionalText });

/** OwnershipJobFacet and OwnershipDatasetFacet 1-0-1 */
export const Ownership = entityFacet({
  owners: Type.Optional(Type.Array(Type.Object({ name: text, type: optionalText }))),
});

/** TagsJobFacet 1-0-0 */
export const JobTags = entityFacet({ tags: Type.Optional(Type.Array(Tag)) });

/** GcpComposerJobFacet 1-0-0 (registry) */
export const GcpComposerJob = entityFacet({
  environmentName: text,
  dagId: text,
  operator: optionalText,
  taskId: optionalText,
  airflowVersion: text,
  composerVersion: text,
});

/** GcpLineageJobFacet 1-0-0 (registry) */
export const GcpLineage = entityFacet({
  displayName: optionalText,
  origin: Type.Optional(Type.Object({ sourceType: optionalText, name: optionalText })),
});
