import { valueAt } from '../located.ts';
import { CUSTOM_PROPERTIES } from './common-shapes.ts';
import { choice, list, oneOf, text, type Fault, type MapShape, type Shape } from './shape.ts';

/** `orders.customer_id`: references.md of ODCS 3.1. */
const SHORTHAND = '[A-Za-z_][A-Za-z0-9_]*\\.[A-Za-z_][A-Za-z0-9_]*';
/** `schema/orders_tbl/properties/customer_id`, possibly in another file. */
const QUALIFIED =
  '(?:(?:https?:\\/\\/)?[A-Za-z0-9._\\-\\/]+\\.yaml#)?\\/?[A-Za-z_][A-Za-z0-9_]*\\/[A-Za-z0-9_-]+(?:\\/[A-Za-z_][A-Za-z0-9_]*\\/[A-Za-z0-9_-]+)*';

const REFERENCE = text('a reference', 'customers.id', new RegExp(`^(?:${SHORTHAND}|${QUALIFIED})$`));
const REFERENCES = oneOf(REFERENCE, list(REFERENCE, { atLeast: 1 }));

const SHAPES: Readonly<Record<string, Shape>> = {
  type: choice('foreignKey'),
  from: REFERENCES,
  to: REFERENCES,
  customProperties: CUSTOM_PROPERTIES,
};

/** A key over one or more columns of the schema. */
export const SCHEMA_RELATIONSHIP: MapShape = {
  type: 'map',
  name: 'A relationship',
  open: false,
  fields: () => ({ shapes: SHAPES, required: ['from', 'to'] }),
  rules: (map): readonly Fault[] => {
    const [from, to] = [valueAt(map, 'from'), valueAt(map, 'to')];
    if (from === null || to === null || from.kind === to.kind) return [];
    return [
      {
        key: 'to',
        message: 'from and to of a relationship must both be one reference, or both a list',
        mend: 'Write both alike.',
      },
    ];
  },
};

/** A key of one column; `from` is the column itself. */
export const PROPERTY_RELATIONSHIP: MapShape = {
  type: 'map',
  name: 'A relationship of a property',
  open: false,
  fields: () => {
    const { from: _, ...shapes } = SHAPES;
    return { shapes, required: ['to'] };
  },
  rules: () => [],
};
