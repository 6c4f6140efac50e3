/** A day of one's own, which comes before the country's holidays. */
export interface CalendarEntry {
  /** `2026-03-03`; this or `yearly`. */
  readonly date?: string;
  /** `03-03`: every year. */
  readonly yearly?: string;
  readonly name?: string;
  /** The day is a common one, whatever the country's calendar says. */
  readonly remove?: boolean;
}

/** `calendar` in assay.yaml. */
export interface CalendarSettings {
  /** ISO 3166-1: `DE`; without it only own entries count. */
  readonly country?: string;
  /** A state or region of the country, as ISO 3166-2 ends: `BY`. */
  readonly region?: string;
  readonly entries?: readonly CalendarEntry[];
  /** iCalendar (.ics) or CSV files (`date,name,remove`), whose days count like entries. */
  readonly files?: readonly string[];
}

/** A calendar is configured in a way that cannot work; the message names the setting and the mend. */
export class CalendarSettingsError extends Error {}
