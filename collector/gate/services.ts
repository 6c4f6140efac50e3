import type { Calendar } from '#model/detection.ts';
import type { Uuid } from '#model/ids.ts';
import type { NamingRules } from '#model/naming.ts';
import type { Decision } from '#model/publication.ts';
import type { MeasureCost, Outcome, Warehouse } from '#model/ports.ts';
import type { Database } from '#store/database.ts';
import { Problem } from '#collector/problems.ts';

/** What the gate works with. The composition root makes one and hands it to every function here. */
export interface GateServices {
  readonly database: Database;
  /** By the name that contracts use: `publish_to: <name>:<target>`. */
  readonly warehouses: ReadonlyMap<string, Warehouse>;
  /** A fresh random id. */
  readonly newId: () => Uuid;
  /** Namespace of a contract that names none, when the model does not know its dataset either. */
  readonly defaultNamespace?: string;
  /** How names are spelled here, beside what the naming spec says. */
  readonly naming?: NamingRules;
  /** Holidays, for checks that the adaptive mode answers. */
  readonly calendar?: Calendar | undefined;
  /** Told of each decision and of each settled publication, for metrics. */
  readonly onDecision?: (decision: Decision) => void;
  readonly onSettled?: (state: string) => void;
  /** Told of what measuring a candidate took of its warehouse. */
  readonly onMeasured?: (warehouse: string, cost: MeasureCost) => void;
  /** Told how a profile went: one that failed holds nothing up. */
  readonly onProfiled?: (warehouse: string, outcome: Outcome<unknown>) => void;
}

/** The configured warehouse of that name. Throws `unknown_warehouse`. */
export function warehouseNamed(services: GateServices, name: string): Warehouse {
  const warehouse = services.warehouses.get(name);
  if (warehouse) return warehouse;
  const known = [...services.warehouses.keys()].join(', ');
  throw new Problem(
    'unknown_warehouse',
    `No warehouse is named ${JSON.stringify(name)}; configured ${known === '' ? 'is none' : `are: ${known}`}.`,
  );
}

/** Splits `warehouse:gold.daily_routes`. Throws `unknown_warehouse` when there is no colon. */
export function publishTarget(text: string): { readonly warehouse: string; readonly target: string } {
  const colon = text.indexOf(':');
  if (colon < 1 || colon === text.length - 1) {
    throw new Problem(
      'unknown_warehouse',
      `publish_to ${JSON.stringify(text)} should be <warehouse>:<table>.`,
    );
  }
  return { warehouse: text.slice(0, colon).trim(), target: text.slice(colon + 1).trim() };
}
