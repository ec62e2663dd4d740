/** Time zones of the browser. */
export const ownTimeZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
export const allTimeZones = (): readonly string[] => ['UTC', ...Intl.supportedValuesOf('timeZone').filter(z => z !== 'UTC')];
