import type { SourcePosition } from './contract-check.ts';
import type { JsonObject } from './json.ts';

/** What a contract file says once, for all its datasets. Nulls and empty lists: not stated. */
export interface ContractDocument {
  readonly dialect: 'short' | 'odcs';
  /** Of ODCS: `v3.1.0`. */
  readonly apiVersion: string | null;
  /** semver; "1.0.0" when the file names none. */
  readonly version: string;
  readonly id: string | null;
  /** `proposed`, `draft`, `active`, `deprecated`, `retired`, or the author's own word. */
  readonly status: string | null;
  readonly name: string | null;
  readonly domain: string | null;
  readonly tenant: string | null;
  readonly dataProduct: string | null;
  readonly tags: readonly string[];
  readonly about: {
    readonly purpose: string | null;
    readonly limitations: string | null;
    readonly usage: string | null;
  };
  readonly servers: readonly ContractServer[];
  readonly team: ContractTeam | null;
  readonly support: readonly SupportChannel[];
  readonly roles: readonly ContractRole[];
  readonly sla: readonly SlaProperty[];
  /** As stated. */
  readonly price: JsonObject | null;
  /** RFC 3339, as written. */
  readonly createdAt: string | null;
  /** What was stated and has no field here. */
  readonly carried: JsonObject;
}

/** Where the data lies. */
export interface ContractServer {
  readonly server: string;
  /** `postgres`, `mysql`, `kafka`, … */
  readonly type: string;
  readonly environment: string | null;
  /** As stated, `server` and `type` included: the keys differ by type. */
  readonly stated: JsonObject;
}

export interface ContractTeam {
  readonly name: string | null;
  readonly members: readonly TeamMember[];
  /** As stated in an object; the members are not in it. */
  readonly carried: JsonObject;
  /** ODCS 3.0 writes a list of members, 3.1 an object around it. */
  readonly form: 'object' | 'list';
}

export interface TeamMember {
  readonly username: string;
  readonly role: string | null;
  /** Days `YYYY-MM-DD`. */
  readonly dateIn: string | null;
  readonly dateOut: string | null;
  readonly carried: JsonObject;
}

export interface SupportChannel {
  readonly channel: string;
  readonly tool: string | null;
  readonly scope: string | null;
  readonly url: string | null;
  readonly carried: JsonObject;
}

/** Who may do what with the data, and who allows it. */
export interface ContractRole {
  readonly role: string;
  readonly access: string | null;
  readonly firstLevelApprovers: string | null;
  readonly secondLevelApprovers: string | null;
  readonly carried: JsonObject;
}

/** A promise about service (ODCS service-level-agreement.md), as stated. */
export interface SlaProperty {
  /** `latency`, `retention`, `availability`, … */
  readonly property: string;
  readonly value: string | number | boolean | null;
  readonly valueExt: string | number | boolean | null;
  /** As written: `d`, `days`, `percent`. */
  readonly unit: string | null;
  /** `tab1.txn_ref_dt`; several are separated by commas. */
  readonly element: string | null;
  /** `regulatory`, `analytics`, `operational`. */
  readonly driver: string | null;
  readonly schedule: string | null;
  readonly scheduler: string | null;
  /** Value and unit as seconds; null when it is no length of time. A month counts 30 days, a year 365. */
  readonly seconds: number | null;
  readonly position: SourcePosition;
  readonly carried: JsonObject;
}
