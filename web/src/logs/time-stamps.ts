/** The time at the beginning of a line, as programs write it: shown, or left out. Pure. */
const STAMP = /^(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?|\[?\d{1,2}[/-][A-Z][a-z]{2}[/-]\d{4}[: ]\d\d:\d\d:\d\d(?: [+-]\d{4})?\]?|\d\d:\d\d:\d\d(?:\.\d+)?)\s+/;

/** How many letters of the plain text are its time. */
export const stampLength = (text: string): number => STAMP.exec(text)?.[0].length ?? 0;
