import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { CloudflareTokenForm } from '../cloudflare/token-form.js';
import { t } from '../texts/text.js';
import { EntryFrame } from './entry-frame.js';
import { useSession } from './session-context.js';
import { checkToken, tokenHelp } from './session.data.js';

/** Log-in with a Cloudflare token, its five steps told as they run. */
export const CloudflarePage = (): ReactNode => {
  const session = useSession();
  const navigate = useNavigate();
  const { next, tenant } = useSearch({ from: '/login/cloudflare' });
  const help = useQuery({ queryKey: ['cloudflare-token-help'], queryFn: tokenHelp });
  return (
    <EntryFrame wide title={t('Log in with Cloudflare')} text={t('A token of your Cloudflare account opens the organisation that linked it.')}>
      <CloudflareTokenForm action={t('Check and log in')} helpUrl={help.data?.url}
        run={async (input, onStep) => {
          await checkToken(input, onStep);
          await session.loginWithCloudflare({ ...input, ...(tenant ? { tenant } : {}) });
          await navigate({ to: next ?? '/', replace: true });
        }} />
      <p className="mt-5 border-t border-line pt-5 text-center text-[13px]"><Link to="/login" search={next ? { next } : {}} className="text-ink-2 underline underline-offset-2 hover:text-ink">{t('Log in another way')}</Link></p>
    </EntryFrame>
  );
};
