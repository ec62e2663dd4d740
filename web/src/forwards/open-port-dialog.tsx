import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { Forward } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { useServers } from '../servers/servers.data.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field, SelectField } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';
import { openForward } from './forwards.data.js';
import { MINUTES, minutesWord, readPort, SHARE_WORDS } from './words.js';

interface Props { /** Left out: it is chosen. */ readonly server: string | undefined; readonly onClose: () => void }

export const OpenPortDialog = (props: Props): ReactNode => (
  <Dialog open onOpenChange={o => { if (!o) props.onClose(); }} title={t('Open a port')} description={t('An HTTP port of a server at an address of its own, for those who are let in, until its time is up. The server’s firewall stays as it is.')}>
    <OpenPortForm {...props} />
  </Dialog>
);

const OpenPortForm = ({ server: wanted, onClose }: Props): ReactNode => {
  const client = useClient();
  const servers = [...useServers().rows.values()].toSorted((a, b) => a.name.localeCompare(b.name));
  const [server, setServer] = useState(wanted ?? '');
  const [port, setPort] = useState('');
  const [title, setTitle] = useState('');
  const [minutes, setMinutes] = useState(60);
  const [share, setShare] = useState<Forward['share']>('me');
  const [scheme, setScheme] = useState<'http' | 'https' | 'https-any'>('http');
  const [names, setNames] = useState<Forward['names']>('local');
  const [address, setAddress] = useState('');
  const number = readPort(port);
  const open = useMutation({
    mutationFn: () => openForward(client, {
      server, port: number ?? 0, minutes, share, names, scheme: scheme === 'http' ? 'http' : 'https', insecure: scheme === 'https-any', ...(address.trim() === '' ? {} : { address: address.trim() }), ...(title.trim() === '' ? {} : { title: title.trim() }),
    }),
    onSuccess: onClose,
  });
  const blocked = server === '' ? t('Choose a server first.') : number === undefined ? t('Give a port from 1 to 65535.') : undefined;
  const submit = (event: FormEvent): void => { event.preventDefault(); if (blocked === undefined && !open.isPending) open.mutate(); };
  return (
    <form onSubmit={submit} className="grid gap-4">
      {open.error && <ProblemNote problem={toProblem(open.error)} />}
      {wanted === undefined && (
        <SelectField label={t('Server')} value={server} onChange={e => setServer(e.target.value)}>
          <option value="" disabled>{servers.length === 0 ? t('No servers yet') : t('Choose a server')}</option>
          {servers.map(s => <option key={s.id} value={s.id}>{s.name}</option>)}
        </SelectField>
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t('Port')} inputMode="numeric" placeholder="3000" value={port} onChange={e => setPort(e.target.value)} problem={port !== '' && number === undefined ? t('A port is a number from 1 to 65535.') : undefined} />
        <Field label={t('Title')} placeholder={t('Preview')} maxLength={60} value={title} onChange={e => setTitle(e.target.value)} />
        <SelectField label={t('For how long')} value={minutes} onChange={e => setMinutes(Number(e.target.value))}>{MINUTES.map(m => <option key={m} value={m}>{minutesWord(m)}</option>)}</SelectField>
        <SelectField label={t('For whom')} value={share} onChange={e => setShare(e.target.value as Forward['share'])}>{Object.entries(SHARE_WORDS).map(([value, words]) => <option key={value} value={value}>{words}</option>)}</SelectField>
      </div>
      <details className="text-[13px]">
        <summary className="cursor-pointer text-ink-2">{t('More')}</summary>
        <div className="mt-3 grid gap-4">
          <SelectField label={t('Spoken on the port')} value={scheme} onChange={e => setScheme(e.target.value as typeof scheme)}>
            <option value="http">{t('HTTP')}</option><option value="https">{t('HTTPS, with a certificate that can be checked')}</option><option value="https-any">{t('HTTPS, any certificate')}</option>
          </SelectField>
          <SelectField label={t('Name that the application is asked for')} value={names} onChange={e => setNames(e.target.value as Forward['names'])} hint={names === 'local' ? t('As a browser on the server itself would ask: what development servers take.') : t('The application must accept its public name; it gets X-Forwarded-Host and -Proto.')}>
            <option value="local">{t('localhost')}</option><option value="public">{t('Its public name')}</option>
          </SelectField>
          <Field label={t('Address')} mono placeholder="127.0.0.1" value={address} onChange={e => setAddress(e.target.value)} hint={t('Another machine behind the server, if the operator of Xanthus allows it.')} />
        </div>
      </details>
      <DialogActions><Button onClick={onClose}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={open.isPending} blocked={blocked}>{t('Open the port')}</Button></DialogActions>
    </form>
  );
};
