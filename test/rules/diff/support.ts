import { parseContracts } from '#rules/contract/parse.ts';
import { formatProblem } from '#rules/contract/problem.ts';
import type { Change, DiffOptions } from '#rules/diff/change.ts';
import type { ContractFile } from '#rules/diff/contract-file.ts';
import { diffContracts } from '#rules/diff/diff.ts';

/** A contract file, which must be valid. */
export function fileOf(text: string): ContractFile {
  const parsed = parseContracts(text, 'contract.yaml');
  if (parsed.status === 'error') throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return parsed;
}

export function diffTexts(before: string, after: string, options?: DiffOptions): readonly Change[] {
  return diffContracts(fileOf(before), fileOf(after), options);
}

/** `B2 MAJOR /datasets/orders/columns/amount/type`, and what needs approval or has a notice. */
export function summaryOf({ rule, class: weight, path, approval, notice }: Change): string {
  return [rule, weight, path, approval ? 'approval' : '', notice === null ? '' : `(${notice})`]
    .filter((part) => part !== '')
    .join(' ');
}

/** The short form's example, complete enough for every rule to have something to change. */
export const SHORT = `
dataset: orders
namespace: postgres://db:5432
version: "2.1.0"
owner: checkout@example.com
description: All orders
status: active
tier: 1
sla: 4 hours
deadline: 06:30 Asia/Tokyo on mon-fri
partition: {column: dt, grain: day, watermark: updated_at}
gate: {publish_to: "warehouse:gold.orders", empty_partition: block}
quality:
  - check: row_count > 100
  - check: sum(amount) within 5% of avg_last(7)
    severity: warn
  - check: status in ('paid', 'open', 'void')
schema:
  - name: order_id
    type: string
    primary_key: true
  - name: dt
    type: date
    required: true
  - name: amount
    type: decimal(12,2)
    required: true
    currency: EUR
    constraints: ["min_value(0)"]
  - name: email
    type: varchar(64)
    pii: email
    masking: sha256
    classification: confidential
    retention: 24 months
  - name: country
    type: string
    constraints: ["one_of('DE', 'FR')", "pattern('^[A-Z]{2}$')"]
  - name: updated_at
    type: timestamp
`.trimStart();

/** An ODCS contract with what only that dialect can say. */
export const ODCS = `
apiVersion: v3.1.0
kind: DataContract
id: 8f1c
version: 1.4.0
status: active
name: shop
servers:
  - server: prod
    type: postgres
    host: db1
    port: 5432
    database: shop
    schema: public
schema:
  - name: orders
    physicalName: orders_v1
    physicalType: table
    quality:
      - type: custom
        engine: assay
        implementation: customer references customers(id)
    properties:
      - name: order_id
        logicalType: integer
        physicalType: bigint
        primaryKey: true
        primaryKeyPosition: 1
      - name: line
        logicalType: integer
        physicalType: int
        primaryKey: true
        primaryKeyPosition: 2
      - name: customer
        logicalType: string
        physicalType: varchar(32)
        required: true
        relationships:
          - type: foreignKey
            to: customers.id
      - name: address
        logicalType: object
        physicalType: struct
        properties:
          - name: city
            logicalType: string
            physicalType: varchar(40)
          - name: zip
            logicalType: string
            physicalType: varchar(10)
      - name: weight
        logicalType: number
        physicalType: double
        logicalTypeOptions: {minimum: 0, maximum: 100}
  - name: customers
    physicalType: table
    properties:
      - name: id
        logicalType: string
        physicalType: varchar(32)
        primaryKey: true
        primaryKeyPosition: 1
team:
  name: shop
  members: [{username: ann, role: owner}]
roles:
  - role: reader
    access: read
    firstLevelApprovers: boss
support:
  - channel: "#shop"
    tool: slack
slaProperties:
  - {property: latency, value: 4, unit: h}
  - {property: availability, value: 99.5, unit: percent}
  - {property: retention, value: 3, unit: y}
  - {property: endOfLife, value: "2030-01-01"}
`.trimStart();
