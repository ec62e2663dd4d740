/** As people type them: digits in groups, recovery codes with spaces and capitals. Pure. */
export const tidyCode = (text: string, recovery: boolean): string => (recovery ? text.trim().toLowerCase().replaceAll(/\s+/g, '-') : text.replaceAll(/\D/g, ''));
