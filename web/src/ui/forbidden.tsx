import { ShieldBan } from 'lucide-react';
import { lazy, Suspense, type ReactNode } from 'react';
import { t } from '../texts/text.js';
import { EmptyState } from './panel.js';

// The words of all rights and the list of members: only where somebody lacks one.
const ForbiddenDetails = lazy(() => import('./forbidden-details.js').then(m => ({ default: m.ForbiddenDetails })));

/** As the gateway refuses it. */
const CODE = 'DENIED';

/** Why a button stands still, in one sentence. @param right as roles name it: `auth.tenant.rename` */
export const needs = (right: string): string => t('Your role does not include this ({right}). An owner or administrator can give you one that does.', { right });

/**
 * Nothing is shown because nothing may be: which right it takes and who can give it. Fills by itself when one has it.
 * @param right as roles name it: `vps.server.read`. `title`: `You may not see servers`. `dense`: within a tile.
 */
export const Forbidden = ({ right, title, dense }: { readonly right: string; readonly title?: string; readonly dense?: boolean }): ReactNode => {
  const shown = title ?? t('You may not see this');
  const details = <Suspense fallback={<p className="min-h-10" />}><ForbiddenDetails right={right} /></Suspense>;
  if (!dense) return <EmptyState icon={<ShieldBan />} title={shown}>{details}<p className="mt-2"><code className="font-mono text-[12px] text-ink-3">{CODE}</code></p></EmptyState>;
  return (
    <div className="flex gap-3 p-4 text-[13px]">
      <ShieldBan aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-3" />
      <div className="min-w-0"><p className="font-medium">{shown}</p><div className="mt-0.5 text-ink-2">{details}</div></div>
    </div>
  );
};
