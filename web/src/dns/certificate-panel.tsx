import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import type { OriginCertificate, Zone } from '../contracts.js';
import { formatDay } from '../lib/format.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_YOURS } from '../server/actions.js';
import { t } from '../texts/text.js';
import { Ago, useNow } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { Code } from '../ui/copy-button.js';
import { Facts, Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { StatusPill } from '../ui/status-pill.js';
import { toast, toastProblem } from '../ui/toaster.js';
import { renewCertificate, revokeCertificate, setRenewal } from './dns.data.js';
import { certificateWords } from './zone-list.js';

/** The certificate between Cloudflare and the servers. It is public; its key never leaves the vault for a browser. */
export const CertificatePanel = ({ zone, certificate }: { readonly zone: Zone; readonly certificate: OriginCertificate }): ReactNode => {
  const client = useClient();
  const now = useNow(60_000);
  const mayRenew = useCan(maySend(client.tenant, renewCertificate, zone.id));
  const mayRevoke = useCan(maySend(client.tenant, revokeCertificate, zone.id));
  const maySet = useCan(maySend(client.tenant, setRenewal, zone.id));
  const [revoking, setRevoking] = useState(false);
  const renew = useMutation({ mutationFn: () => renewCertificate(client, zone.id, {}), onSuccess: () => toast(t('Certificate renewed'), zone.name), onError: toastProblem });
  const renewal = useMutation({ mutationFn: (auto: boolean) => setRenewal(client, zone.id, { auto }), onError: toastProblem });
  const auto = renewal.isPending ? renewal.variables : certificate.auto_renew !== false;
  const words = certificateWords(certificate, now);
  const revoked = certificate.state === 'revoked';
  return (
    <Panel title={t('Origin certificate')} aside={<span role="status" data-testid="certificate" data-state={certificate.state}><StatusPill tone={words.tone}>{words.label}</StatusPill></span>}>
      <div className="grid gap-4">
        {certificate.alert && <ProblemNote tone={certificate.alert.kind === 'expiring' ? 'warn' : 'bad'} problem={{ code: `CERTIFICATE.${certificate.alert.kind.toUpperCase()}`, message: certificate.alert.message, retryable: false }} />}
        <Facts of={{ service: 'dns', view: 'certificates', id: zone.id }} rows={[
          [t('For'), <span key="f" className="font-mono text-[12px]">{certificate.hostnames.join(', ')}</span>, 'hostnames'],
          [t('Until'), formatDay(Date.parse(certificate.expires_at)), 'expires_at'],
          [t('Issued'), <span key="i"><Ago at={certificate.issued_at} />{certificate.renewed > 0 && `, ${t('{renewed, plural, one {renewed once} other {renewed # times}}', { renewed: certificate.renewed })}`}</span>, 'issued_at'],
          [t('Fingerprint'), <Code key="p" text={certificate.fingerprint} label={t('Copy the fingerprint')} />, 'fingerprint'],
          [t('Used by'), certificate.used_by === 0 ? t('no application') : t('{used_by, plural, one {one application} other {# applications}}', { used_by: certificate.used_by }), 'used_by'],
        ]} />
        {certificate.replaced && <p className="text-[13px] text-ink-2">{t('The certificate before this one stays valid until every application has the new one.')}</p>}
        {!revoked && <label className="flex items-start gap-2 text-[13px]"><input type="checkbox" checked={auto} disabled={!maySet || renewal.isPending} onChange={e => renewal.mutate(e.target.checked)} className="mt-0.5 size-4 accent-accent" /><span>{t('Renew it by itself before it ends')}</span></label>}
        <details className="text-[13px]"><summary className="text-ink-2">{t('Certificate and Cloudflare’s root (public)')}</summary><div className="mt-2 max-h-56 overflow-y-auto"><Code block text={`${certificate.certificate.trim()}\n${certificate.root.trim()}\n`} label={t('Copy the certificate')} /></div></details>
        <div className="flex flex-wrap gap-2">
          <Button busy={renew.isPending} blocked={mayRenew ? undefined : NOT_YOURS} onClick={() => renew.mutate()}>{revoked ? t('Issue a new one') : t('Renew now')}</Button>
          {!revoked && <Button kind="danger" blocked={mayRevoke ? undefined : NOT_YOURS} onClick={() => setRevoking(true)}>{t('Revoke…')}</Button>}
        </div>
      </div>
      <ConfirmDialog open={revoking} onClose={() => setRevoking(false)} title={t('Revoke the certificate of {name}?', { name: zone.name })} action={t('Revoke')} typed={zone.name}
        effect={certificate.used_by > 0 ? t('Applications that use it fail until another one is issued. A revoked certificate can’t be brought back; a new one can be issued here.') : t('Servers that use it are no longer trusted by Cloudflare until another one is issued. A revoked certificate can’t be brought back; a new one can be issued here.')}
        run={() => revokeCertificate(client, zone.id, { confirm_name: zone.name })} onDone={() => toast(t('Certificate revoked'), zone.name)} />
    </Panel>
  );
};
