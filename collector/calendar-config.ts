import { resolve } from 'node:path';
import { Type, type Static } from 'typebox';
import { openCalendar } from '#adapters/holidays/calendar.ts';
import { dateFault, yearlyFault } from '#adapters/holidays/files.ts';
import { type CalendarSettings, CalendarSettingsError } from '#adapters/holidays/settings.ts';
import type { Calendar } from '#model/detection.ts';
import { ConfigError } from './config-error.ts';

const text = Type.String({ minLength: 1 });

/** `calendar` in assay.yaml. */
export const CalendarFileSchema = Type.Object(
  {
    country: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })),
    region: Type.Optional(text),
    entries: Type.Optional(
      Type.Array(
        Type.Object(
          {
            date: Type.Optional(text),
            yearly: Type.Optional(text),
            name: Type.Optional(text),
            remove: Type.Optional(Type.Boolean()),
          },
          { additionalProperties: false },
        ),
      ),
    ),
    files: Type.Optional(Type.Array(text)),
  },
  { additionalProperties: false },
);
export type CalendarFile = Static<typeof CalendarFileSchema>;

/** What the schema cannot say of a calendar. */
export function calendarFaults(calendar: CalendarFile | undefined): { pointer: string; fault: string }[] {
  const faults: { pointer: string; fault: string }[] = [];
  if (calendar?.region !== undefined && calendar.country === undefined) {
    faults.push({ pointer: '/calendar/region', fault: 'needs a country beside it.' });
  }
  (calendar?.entries ?? []).forEach(({ date, yearly }, index) => {
    const pointer = `/calendar/entries/${index}`;
    if ((date === undefined) === (yearly === undefined)) {
      faults.push({ pointer, fault: 'needs either date (2026-03-03) or yearly (03-03).' });
      return;
    }
    const fault = date === undefined ? yearlyFault(yearly ?? '') : dateFault(date);
    if (fault !== null) faults.push({ pointer, fault });
  });
  return faults;
}

/** The settings for the calendar's adapter, its files relative to `directory`; null when nothing is configured. */
export function calendarSettings(
  calendar: CalendarFile | undefined,
  directory: string,
): CalendarSettings | null {
  if (calendar === undefined) return null;
  const files = (calendar.files ?? []).map((path) => resolve(directory, path));
  return { ...calendar, files };
}

/** The configured calendar. Throws ConfigError for a country or region without holidays, or an unreadable file. */
export async function calendarOf(settings: CalendarSettings | null): Promise<Calendar> {
  try {
    return await openCalendar(settings);
  } catch (error) {
    throw error instanceof CalendarSettingsError ? new ConfigError(error.message) : error;
  }
}
