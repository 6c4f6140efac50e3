/** Longest pattern, in UTF-16 units. */
export const MAX_LENGTH = 1000;
/** Largest number in braces: PostgreSQL takes no larger one. */
export const MAX_REPEAT = 255;
export const MAX_DEPTH = 40;
/** Most places for characters once `{n}` is written out: RE2 takes no more. */
export const MAX_POSITIONS = 1000;
/** Most steps of the search for ambiguity; a pattern that needs more cannot be shown to be harmless in time. */
export const MAX_WORK = 150_000;
/** How often, one after another, the ways to read one text may double. */
export const MAX_DOUBLINGS = 6;
/** Highest growth (see `Regex.growth`). */
export const MAX_GROWTH = 2;
