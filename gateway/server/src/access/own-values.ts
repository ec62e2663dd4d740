import type { ViewValue } from '@xanthus/proto';

/** Views of what belongs to a person, under `xanthus.<view>.<person>[.<id>]`: followed here and served to nobody else. */
export const OWN_VIEWS = ['sessions', 'profiles', 'identities', 'preferences'] as const;

/** The values of those views by person. */
export class OwnValues {
  private readonly byPerson = new Map<string, Map<string, ViewValue>>();

  /** @param key of the bucket; `value` undefined: gone */
  set(key: string, value: ViewValue | undefined): void {
    const owner = ownerOf(key);
    const kept = this.byPerson.get(owner);
    if (value !== undefined) {
      if (kept === undefined) this.byPerson.set(owner, new Map([[key, value]]));
      else kept.set(key, value);
      return;
    }
    kept?.delete(key);
    if (kept?.size === 0) this.byPerson.delete(owner);
  }

  /** Of a person, with the id that the key ends with (of a profile: the person's). */
  of(view: string, person: string): (ViewValue & { readonly id: string })[] {
    return [...(this.byPerson.get(`${view}.${person}`) ?? [])].map(([key, value]) => ({ id: key.slice(key.lastIndexOf('.') + 1), ...value }));
  }

  /** What is not among these keys has gone. */
  keep(keys: ReadonlySet<string>): void {
    for (const kept of this.byPerson.values()) for (const key of kept.keys()) if (!keys.has(key)) this.set(key, undefined);
  }
}

const ownerOf = (key: string): string => key.split('.').slice(1, 3).join('.');
