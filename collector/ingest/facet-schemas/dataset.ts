import { Type } from 'typebox';
import { entityFacet, mapOf, optionalText, text } from './base.ts';

const SchemaField = Type.Cyclic(
  {
    SchemaField: Type.Object({
      name: text,
      type: optionalText,
      description: optionalText,
      ordinal_position: Type.Optional(Type.Integer()),
      fields: Type.Optional(Type.Array(Type.Ref('SchemaField'))),
    }),
  },
  'SchemaField',
);

/** SchemaDatasetFacet 1-2-0 */
export const Schema = entityFacet({ fields: Type.Optional(Type.Array(SchemaField)) });

/** DatasourceDatasetFacet 1-0-1 */
export const DataSource = entityFacet({
  name: optionalText,
  uri: Type.Optional(Type.String({ format: 'uri' })),
});

/** DatasetVersionDatasetFacet 1-0-1 */
export const Version = entityFacet({ datasetVersion: text });

/** DatasetTypeDatasetFacet 1-0-1 */
export const DatasetType = entityFacet({ datasetType: text, subType: optionalText });

/** StorageDatasetFacet 1-0-1 */
export const Storage = entityFacet({ storageLayer: text, fileFormat: optionalText });

/** CatalogDatasetFacet 1-1-0 */
export const Catalog = entityFacet({
  framework: text,
  type: text,
  name: text,
  metadataUri: optionalText,
  warehouseUri: optionalText,
  source: optionalText,
  catalogProperties: Type.Optional(mapOf(text)),
});

/** HierarchyDatasetFacet 1-0-0 */
export const Hierarchy = entityFacet({ hierarchy: Type.Array(Type.Object({ type: text, name: text })) });

/** SymlinksDatasetFacet 1-0-1 */
export const Symlinks = entityFacet({
  identifiers: Type.Optional(Type.Array(Type.Object({ namespace: text, name: text, type: text }))),
});

/** LifecycleStateChangeDatasetFacet 1-0-1 */
export const LifecycleStateChange = entityFacet({
  lifecycleStateChange: Type.Enum(['ALTER', 'CREATE', 'DROP', 'OVERWRITE', 'RENAME', 'TRUNCATE']),
  previousIdentifier: Type.Optional(Type.Object({ name: text, namespace: text })),
});

/** TagsDatasetFacet 1-0-0: with `field` a tag of one column. */
export const DatasetTags = entityFacet({
  tags: Type.Optional(
    Type.Array(Type.Object({ key: text, value: text, source: optionalText, field: optionalText })),
  ),
});
