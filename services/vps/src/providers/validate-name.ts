import type { OutputOf } from '@xanthus/proto';
import { serverName, type validateName as contract } from '@xanthus/proto/vps';

type Answer = OutputOf<typeof contract>;

/** A name of the right form that is near to what was typed; undefined where nothing is left of it. */
const near = (name: string): string | undefined => {
  const kept = name.normalize('NFKD').replace(/\p{M}/gu, '').replace(/[^A-Za-z0-9]+/g, '-').slice(0, 63).replace(/^-+|-+$/g, '');
  return serverName.safeParse(kept).success ? kept : undefined;
};

const free = (name: string, taken: ReadonlySet<string>): string | undefined => {
  const [, stem = name, number] = /^(.*?)-?(\d{0,4})$/.exec(name) ?? [];
  for (let n = Number(number || 1) + 1, tries = 0; tries < 100; n++, tries++) {
    const next = `${stem.slice(0, 57)}-${n}`;
    if (serverName.safeParse(next).success && !taken.has(next.toLowerCase())) return next;
  }
  return undefined;
};

/** @param names of the tenant's servers, as they are */
export const validateName = (name: string, names: readonly string[]): Answer => {
  const taken = new Set(names.map(n => n.toLowerCase()));
  const offer = (suggestion: string | undefined) => (suggestion === undefined ? {} : { suggestion });
  if (!serverName.safeParse(name).success) {
    const suggestion = near(name);
    return { valid: false, code: 'SERVER.NAME_INVALID', message: 'A name has 3–63 letters, digits and hyphens, and does not start or end with a hyphen.', ...offer(suggestion !== undefined && taken.has(suggestion.toLowerCase()) ? free(suggestion, taken) : suggestion) };
  }
  if (!taken.has(name.toLowerCase())) return { valid: true };
  return { valid: false, code: 'SERVER.NAME_TAKEN', message: `Another server is called ${name} already.`, ...offer(free(name, taken)) };
};
