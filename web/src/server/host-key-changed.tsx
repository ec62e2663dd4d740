import { useMutation } from '@tanstack/react-query';
import { ShieldAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import type { Server } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { blockedBecause } from '../servers/server-status.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Code } from '../ui/copy-button.js';
import { ProblemNote } from '../ui/problem-note.js';
import { toast } from '../ui/toaster.js';
import { acceptHostKey } from './server.data.js';

/** Nothing is sent to the machine until a person has compared the fingerprints. */
export const HostKeyChanged = ({ server }: { readonly server: Server }): ReactNode => {
  const client = useClient();
  const may = useCan(maySend(client.tenant, acceptHostKey, server.id));
  const [compared, setCompared] = useState('');
  const presented = server.presented_host_key;
  const accept = useMutation({
    mutationFn: (fingerprint: string) => acceptHostKey(client, server.id, { fingerprint }),
    onSuccess: () => toast(t('Host key accepted'), t('{name} is contacted again.', { name: server.name })),
  });
  if (!presented) return null;
  // Ticked for this very key: another one that comes meanwhile needs another look.
  const ticked = compared === presented.fingerprint;
  const blocked = blockedBecause('accept_host_key', server, may) ?? (ticked ? undefined : t('Compare the fingerprints first.'));
  return (
    <section role="alert" aria-label={t('Host key changed')} className="animate-rise rounded-xl border border-bad/40 bg-bad-wash p-4">
      <div className="flex gap-3">
        <ShieldAlert aria-hidden className="mt-0.5 size-5 shrink-0 text-bad" />
        <div className="min-w-0 flex-1">
          <h2 className="font-semibold">{t('The machine shows another host key')}</h2>
          <p className="mt-1 max-w-prose text-ink-2">{t('Xanthus stopped talking to it. If it was reinstalled, this is expected. If not, somebody may be between you and it: compare the new fingerprint on the machine itself before you accept.')}</p>
          <dl className="mt-3 grid gap-x-4 gap-y-1.5 sm:grid-cols-[auto_minmax(0,1fr)]">
            <dt className="text-[13px] text-ink-3">{t('Accepted')}</dt><dd><Code text={server.host_key.fingerprint} label={t('Copy the accepted fingerprint')} /></dd>
            <dt className="text-[13px] text-ink-3">{t('Shown now')}</dt><dd><Code text={presented.fingerprint} label={t('Copy the new fingerprint')} /></dd>
            <dt className="text-[13px] text-ink-3">{t('Compare with')}</dt><dd><Code text={compareCommand(presented.type)} label={t('Copy command')} /></dd>
          </dl>
          <div className="mt-4 flex flex-wrap items-center gap-3">
            <label className="flex items-center gap-2"><input type="checkbox" className="size-4 accent-(--accent)" checked={ticked} onChange={e => setCompared(e.target.checked ? presented.fingerprint : '')} />{t('I compared it; this is my machine')}</label>
            <Button kind="danger" busy={accept.isPending} blocked={blocked} onClick={() => accept.mutate(presented.fingerprint)}>{t('Accept new host key')}</Button>
          </div>
          {accept.error && <ProblemNote className="mt-3" problem={toProblem(accept.error)} onRetry={() => accept.mutate(presented.fingerprint)} />}
        </div>
      </div>
    </section>
  );
};

/** `ssh-ed25519` → the file of the public half on the machine. */
export const compareCommand = (type: string): string => {
  const kind = /ed25519/.test(type) ? 'ed25519' : /ecdsa/.test(type) ? 'ecdsa' : /rsa/.test(type) ? 'rsa' : '*';
  return `ssh-keygen -lf /etc/ssh/ssh_host_${kind}_key.pub`;
};
