/** The example of the users, letter by letter. */
export const USERS_EXAMPLE = `dataset: "orders_global"
owner: "checkout_team@company.com"
sla: "4 hours"
quality:
- check: "row_count > 0"
- check: "null_percentage(user_id) < 0.01"
schema:
- name: "order_id"
  type: "string"
  primary_key: true
- name: "amount"
  type: "decimal(10,2)"
  pii: false
  constraints: ["min_value(0)"]
`;

/** Every key of the short form, and the vocabulary of checks. */
export const EVERYTHING = `dataset: "orders_global"
version: "2.1.0"
owner: "checkout_team@company.com"
description: "All orders of all shops"
status: active
domain: checkout
tags: [orders]
tier: 1
sla: "4 hours"
deadline: "06:30 Asia/Tokyo on mon-fri"
physical_name: gold.orders_global
positional: false
partition: { column: dt, grain: day, watermark: updated_at }
gate:    { publish_to: starrocks.gold.orders_global, on_error: block, empty_partition: block }
quality:
- check: "row_count > 0"
- check: "null_percentage(user_id) < 0.01"
- check: "sum(revenue) within 5% of avg_last(7)"
  severity: warn
- check: "row_count = row_count(bronze.orders) within 0.1%"
- check: "unique(order_id)"
- check: "user_id references dim.users(user_id)"
  name: "Known users"
  dimension: consistency
- check: "status in ('paid','open','void')"
- check: "email matches '^[^@]+@[^@]+$' for 99.9% of rows where country = 'DE'"
- check: "freshness(updated_at) < 2 hours"
- check: "distribution(amount) psi < 0.2 vs last(28)"
- check: "row_count not anomalous(2 sigma, seasonality weekday)"
- check: "approx_distinct_count(user_id) > 1000"
  approx: ok
- sql: "select count(*) from {dataset} where {partition} and amount < 0"
  must: "= 0"
  severity: info
  owner: finance@company.com
  tags: [money]
schema:
- { name: order_id, type: string, primary_key: true }
- { name: amount, type: "decimal(10,2)", pii: false, constraints: ["min_value(0)"], currency: EUR }
- { name: email, type: string, pii: email, masking: sha256, retention: "24 months", classification: restricted, format: email }
- { name: user_id, type: string, required: true, critical: true, constraints: ["min_length(1)", "max_length(64)"] }
- { name: status, type: string, constraints: ["one_of('paid', 'open', 'void')", "not_null"] }
- { name: country, type: char(2), constraints: ["pattern('^[A-Z]{2}$')"] }
- { name: revenue, type: double, unit: thousands }
- { name: updated_at, type: timestamp, timezone: Asia/Tokyo, physical_name: upd_at, business_name: "Last change" }
- { name: dt, type: date, constraints: ["min_value('2020-01-01')"] }
`;

/** Many constructs of ODCS. */
export const ODCS_EXAMPLE = `apiVersion: v3.1.0
kind: DataContract
id: shop
version: 1.0.0
status: active
description: {purpose: Orders}
servers: [{server: dwh, type: postgres, host: db, port: 5432, database: d, schema: gold}]
team: {members: [{username: ann, role: owner, dateIn: "2024-01-01"}]}
slaProperties: [{property: latency, value: 4, unit: h, element: orders.at}]
schema:
  - name: orders
    physicalName: orders_1
    relationships: [{from: [orders.id], to: [lines.order_id]}]
    quality:
      - {metric: rowCount, mustBeBetween: [1, 5]}
      - {type: sql, query: "select count(*) from {object}", mustBe: 0}
      - {type: custom, engine: assay, implementation: "row_count not anomalous"}
    properties:
      - name: id
        logicalType: string
        primaryKey: true
        logicalTypeOptions: {pattern: "^a", minLength: 1}
        quality: [{metric: invalidValues, mustBe: 0, arguments: {validValues: [a, b]}}]
      - {name: at, logicalType: timestamp, partitioned: true, partitionKeyPosition: 1}
      - {name: tags, logicalType: array, items: {logicalType: string}}
`;
