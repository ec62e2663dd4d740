import type { ReactNode } from 'react';
import { useMembers } from '../members/members.data.js';
import { useNames } from '../members/use-names.js';
import { ALL_PERMISSIONS, permissionLabel } from '../roles/permissions.js';
import { useTenantName } from '../session/session-context.js';
import { rich, t } from '../texts/text.js';

const strong = (inner: ReactNode): ReactNode => <strong className="font-medium text-ink">{inner}</strong>;
/** So many are named, the others are counted. */
const NAMED = 3;

/** Which right is missing, in words, and who can give it. */
export const ForbiddenDetails = ({ right }: { readonly right: string }): ReactNode => {
  const tenant = useTenantName();
  const { rows } = useMembers();
  const names = useNames();
  const ownerOnly = ALL_PERMISSIONS.find(p => p.name === right)?.ownerOnly === true;
  const givers = [...rows].filter(([, m]) => m.role === 'owner' || (m.role === 'admin' && !ownerOnly)).sort(([, a], [, b]) => b.role.localeCompare(a.role)).flatMap(([id]) => names.get(id) ?? []);
  const who = givers.length === 0
    ? ownerOnly ? t('an owner of {tenant}', { tenant }) : t('an owner or administrator of {tenant}', { tenant })
    : new Intl.ListFormat(document.documentElement.lang || 'en', { type: 'disjunction' }).format([...givers.slice(0, NAMED), ...(givers.length > NAMED ? [t('{n, plural, one {# other} other {# others}}', { n: givers.length - NAMED })] : [])]);
  return (
    <>
      <p>{rich('It takes the right “<b>{label}</b>”. Ask {who} for a role that includes it; this fills by itself when you have it.', { label: permissionLabel(right), who, b: strong })}</p>
      <p className="mt-2"><code className="rounded border border-line bg-raised px-1.5 py-0.5 font-mono text-[12px] text-ink-2">{right}</code></p>
    </>
  );
};
