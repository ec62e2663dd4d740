import { useMemo, type ReactNode } from 'react';
import { useRoleRows } from '../roles/roles.data.js';
import { t } from '../texts/text.js';
import { SelectField } from '../ui/field.js';
import { Facts, Panel } from '../ui/panel.js';

/** Until the roles of the tenant are known (or may not be read). */
const BUILT_IN = ['owner', 'admin', 'operator', 'viewer', 'guest'];

/** Of the built-in ones, in the person's language. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  owner: t('Everything, owners included.'),
  admin: t('Everything but making or removing owners and ending the organisation.'),
  operator: t('Sees everything of the organisation and works with its servers; no members, no credentials.'),
  viewer: t('Sees everything of the organisation, changes nothing.'),
  guest: t('Belongs to the organisation and may do nothing yet.'),
};

export interface RoleRow { readonly name: string; readonly description: string }

/** Most rights first, then the tenant's own by name. Pure. */
export const byRank = <R extends { readonly name: string }>(roles: readonly R[]): R[] => {
  const rank = (name: string): number => (BUILT_IN.indexOf(name) + BUILT_IN.length + 1) % (BUILT_IN.length + 1);
  return roles.toSorted((a, b) => rank(a.name) - rank(b.name) || a.name.localeCompare(b.name));
};

export const useRoles = (): readonly RoleRow[] => {
  const { rows } = useRoleRows();
  return useMemo(() => {
    const known = [...rows.values()];
    if (known.length === 0) return BUILT_IN.map(name => ({ name, description: '' }));
    return byRank(known).map(r => ({ name: r.name, description: (r.built_in ? DESCRIPTIONS[r.name] : undefined) ?? r.description }));
  }, [rows]);
};

interface Props { readonly value: string; readonly onChange: (role: string) => void; readonly problem: string | undefined; readonly without?: string }

/** A role, and what it may do. */
export const RoleField = ({ value, onChange, problem, without }: Props): ReactNode => {
  const roles = useRoles().filter(r => r.name !== without);
  return (
    <SelectField label={t('Role')} name="role" value={value} onChange={e => onChange(e.target.value)} hint={roles.find(r => r.name === value)?.description} problem={problem}>
      {roles.map(r => <option key={r.name} value={r.name}>{r.name}</option>)}
    </SelectField>
  );
};

export const RolesPanel = (): ReactNode => {
  const roles = useRoles().filter(r => r.description !== '');
  if (roles.length === 0) return null;
  return <Panel title={t('What each role may do')}><Facts rows={roles.map(r => [r.name, r.description] as const)} /></Panel>;
};
