import { useMutation } from '@tanstack/react-query';
import { KeyRound, RotateCw, ShieldCheck } from 'lucide-react';
import { QRCodeSVG } from 'qrcode.react';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { Profile } from '../contracts.js';
import { formatDay } from '../lib/format.js';
import { toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { tidyCode } from '../session/code.js';
import { rich, t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { Code } from '../ui/copy-button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { ShownOnce } from '../ui/shown-once.js';
import { StatusPill } from '../ui/status-pill.js';
import { toast } from '../ui/toaster.js';
import { confirmTotp, disableTotp, renewRecoveryCodes, startTotp } from './account.data.js';

/** A recovery code more or less is no reason to worry; so few are. */
const FEW = 3;

/** A code of an app beside the password. */
export const SecondFactor = ({ profile }: { readonly profile: Profile }): ReactNode => {
  const client = useClient();
  const [dialog, setDialog] = useState<'set-up' | 'off' | 'codes'>();
  const [codes, setCodes] = useState<readonly string[]>();
  const close = (): void => { setDialog(undefined); setCodes(undefined); };
  const on = profile.totp_since !== null;
  const left = profile.recovery_codes_left;
  const renew = useMutation({ mutationFn: () => renewRecoveryCodes(client), onSuccess: ({ recovery_codes }) => setCodes(recovery_codes) });
  return (
    <Panel title={t('Second factor')} aside={<StatusPill tone={on ? 'ok' : 'idle'}>{on ? t('On') : t('Off')}</StatusPill>}>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="min-w-0 flex-1 basis-64 text-[13px] text-ink-2">
          {profile.totp_since === null
            ? <p>{profile.has_password ? t('With it, a stolen password alone opens nothing: logging in also takes a code from an app on your phone.') : t('A second factor stands beside a password; you log in without one here.')}</p>
            : <p>{t('Logging in takes a code from your app, since {day}.', { day: formatDay(Date.parse(profile.totp_since)) })} {left === 0 ? <strong className="font-medium text-bad">{t('No recovery code is left.')}</strong> : left > FEW ? t('{left, plural, one {# recovery code left.} other {# recovery codes left.}}', { left }) : rich('{left, plural, one {# recovery code left} other {# recovery codes left}}<warn>; make new ones soon</warn>.', { left, warn: <span className="text-warn" /> })}</p>}
        </div>
        {!on && profile.has_password && <Button kind="primary" icon={<ShieldCheck aria-hidden className="size-4" />} onClick={() => setDialog('set-up')}>{t('Set up')}</Button>}
        {on && (
          <div className="flex flex-wrap gap-2">
            <Button icon={<RotateCw aria-hidden className="size-4" />} onClick={() => setDialog('codes')}>{t('New recovery codes')}</Button>
            <Button kind="danger" onClick={() => setDialog('off')}>{t('Turn off')}</Button>
          </div>
        )}
      </div>
      <Dialog open={dialog === 'set-up'} onOpenChange={o => { if (!o) close(); }} title={codes ? t('Store your recovery codes') : t('Set up a second factor')}>
        {dialog === 'set-up' && (codes ? <Codes codes={codes} onDone={close} /> : <SetUp onCodes={setCodes} onCancel={close} />)}
      </Dialog>
      <Dialog open={dialog === 'codes'} onOpenChange={o => { if (!o) close(); }} title={codes ? t('Store your recovery codes') : t('Make new recovery codes?')}>
        {codes ? <Codes codes={codes} onDone={close} /> : (
          <>
            <p className="text-ink-2">{t('You get ten new codes. The old ones, wherever you stored them, open nothing any more.')}</p>
            {renew.error && <ProblemNote className="mt-3" problem={toProblem(renew.error)} />}
            <DialogActions><Button onClick={close}>{t('Cancel')}</Button><Button kind="primary" busy={renew.isPending} onClick={() => renew.mutate()}>{t('Make new codes')}</Button></DialogActions>
          </>
        )}
      </Dialog>
      <ConfirmDialog open={dialog === 'off'} onClose={close} title={t('Turn the second factor off?')} action={t('Turn off')} effect={t('From now on the password alone logs you in. The secret in your app and the recovery codes are destroyed; you can set it up again.')}
        run={() => disableTotp(client)} onDone={() => toast(t('Second factor turned off'))} />
    </Panel>
  );
};

const Codes = ({ codes, onDone }: { readonly codes: readonly string[]; readonly onDone: () => void }): ReactNode => (
  <ShownOnce secret={codes.join('\n')} copyLabel={t('Copy recovery codes')} file="xanthus-recovery-codes.txt" onDone={onDone}>
    {t('These are for the day you don’t have your phone. Each works once. They are shown now and never again: store them where your password isn’t.')}
  </ShownOnce>
);

const SetUp = ({ onCodes, onCancel }: { readonly onCodes: (codes: readonly string[]) => void; readonly onCancel: () => void }): ReactNode => {
  const client = useClient();
  const start = useMutation({ mutationFn: () => startTotp(client) });
  const confirm = useMutation({ mutationFn: (code: string) => confirmTotp(client, { code }), onSuccess: ({ recovery_codes }) => { toast(t('Second factor is on')); onCodes(recovery_codes); } });
  const problem = confirm.error ? toProblem(confirm.error) : start.error ? toProblem(start.error) : undefined;
  const submit = (event: FormEvent<HTMLFormElement>): void => { event.preventDefault(); confirm.mutate(tidyCode(String(new FormData(event.currentTarget).get('code')), false)); };
  if (!start.data) {
    return (
      <>
        <p className="text-ink-2">{t('You need an authenticator app on your phone: any that reads QR codes, such as Aegis, Ente Auth, 1Password or Google Authenticator.')}</p>
        {problem && <ProblemNote className="mt-3" problem={problem} />}
        <DialogActions><Button onClick={onCancel}>{t('Cancel')}</Button><Button kind="primary" busy={start.isPending} icon={<KeyRound aria-hidden className="size-4" />} onClick={() => start.mutate()}>{t('I have one')}</Button></DialogActions>
      </>
    );
  }
  return (
    <form onSubmit={submit} className="grid gap-4">
      <p className="text-ink-2">{t('Scan this with the app, then type the six digits that it shows.')}</p>
      <div className="mx-auto rounded-lg border border-line bg-white p-3"><QRCodeSVG value={start.data.uri} size={176} title={t('QR code for the authenticator app')} bgColor="#ffffff" fgColor="#000000" /></div>
      <details className="text-[13px] text-ink-2">
        <summary>{t('Can’t scan it?')}</summary>
        <div className="mt-2 grid gap-1.5"><p>{t('Type this key into the app instead:')}</p><Code block text={start.data.secret} label={t('Copy key')} /></div>
      </details>
      {problem && <ProblemNote problem={problem} />}
      <Field label={t('Code')} name="code" mono required inputMode="numeric" autoComplete="one-time-code" pattern="[0-9 ]{6,7}" title={t('Six digits')} placeholder="123 456" />
      <DialogActions><Button onClick={onCancel}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={confirm.isPending}>{t('Turn on')}</Button></DialogActions>
    </form>
  );
};
