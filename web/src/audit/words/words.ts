/** How an event is said. `who` and `thing` stand for who did it and what it was done to: they are filled in as names or as links. Pure. */
export type Data = Readonly<Record<string, unknown>>;
export interface Parts { readonly who: string; readonly thing: string }
/** By `aggregate.Type`. */
export type Words = Readonly<Record<string, (parts: Parts, data: Data, id: string) => string>>;

export const text = (data: Data, field: string): string => { const value = data[field]; return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''; };
export const within = (data: Data, field: string): Data => { const value = data[field]; return typeof value === 'object' && value !== null ? value as Data : {}; };
export const count = (data: Data, field: string): number => { const value = data[field]; return Array.isArray(value) ? value.length : typeof value === 'number' ? value : 0; };
export const list = (data: Data, field: string): string => { const value = data[field]; return Array.isArray(value) ? value.filter(v => typeof v === 'string').join(', ') : ''; };
/** `install-k3s` → `install k3s`: names of steps and kinds that have no words of their own here. */
export const spelled = (data: Data, field: string): string => text(data, field).replaceAll(/[-_]/g, ' ');
export const reasonOf = (data: Data): string => text(within(data, 'reason'), 'message') || text(within(data, 'problem'), 'message') || text(data, 'message');
