import { useMutation, useQuery } from '@tanstack/react-query';
import type { ChannelKind } from '@xanthus/proto/notifications';
import { Dices, Hash, Mail, Webhook } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { ChannelRow } from '../contracts.js';
import { fieldProblems, toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { timeZone } from '../texts/language.js';
import { t, tc } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { ChoiceCard } from '../ui/choice.js';
import { CopyButton } from '../ui/copy-button.js';
import { DialogActions } from '../ui/dialog.js';
import { Field, SelectField, TextField } from '../ui/field.js';
import { SkeletonRows } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { toast } from '../ui/toaster.js';
import { draftOf, newDraft, newSecret, settingsOf, targetOf, type Draft } from './channel-draft.js';
import { ChannelFilterFields } from './channel-filter-fields.js';
import { changeChannel, channelOptions, channelSettings, defineChannel } from './notifications.data.js';

const KINDS: readonly (readonly [kind: ChannelKind, label: string, text: string, icon: ReactNode])[] = [
  ['email', t('E-mail'), t('To one or more addresses, by SMTP.'), <Mail key="i" aria-hidden />],
  ['webhook', t('Webhook'), t('JSON to an address of yours, signed.'), <Webhook key="i" aria-hidden />],
  ['slack', t('Slack and the like'), t('Slack, Mattermost, Rocket.Chat, Discord.'), <Hash key="i" aria-hidden />],
];

/** The person's, else the browser's. */
const ZONE = timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Waits for what is needed to show what there is. */
export const ChannelForm = ({ channel, onDone }: { readonly channel?: ChannelRow; readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const options = useQuery({ queryKey: ['channel-options', client.tenant], queryFn: () => channelOptions(client, {}) });
  const settings = useQuery({ queryKey: ['channel-settings', client.tenant, channel?.id, channel?.changed_at], queryFn: () => channelSettings(client, {}, channel?.id), enabled: channel !== undefined });
  const failed = options.error ?? settings.error;
  if (failed) return <ProblemNote problem={toProblem(failed)} />;
  if (!options.data || (channel && !settings.data)) return <SkeletonRows label={t('Loading')} />;
  return <Filled key={channel?.id ?? 'new'} {...(channel && { channel })} operator={options.data.operator_smtp} first={channel ? draftOf(channel, settings.data, ZONE) : newDraft(ZONE, options.data.operator_smtp)} onDone={onDone} />;
};

interface FilledProps { readonly channel?: ChannelRow; readonly operator: boolean; readonly first: Draft; readonly onDone: () => void }

const Filled = ({ channel, operator, first, onDone }: FilledProps): ReactNode => {
  const client = useClient();
  const [draft, setDraft] = useState(first);
  const set = (change: Partial<Draft>): void => setDraft(before => ({ ...before, ...change }));
  const save = useMutation({
    mutationFn: async (d: Draft) => (channel ? changeChannel(client, channel.id, { ...settingsOf(d), target: targetOf(d) }) : defineChannel(client, { ...settingsOf(d), target: targetOf(d) })),
    onSuccess: () => { toast(channel ? t('Channel changed') : t('Channel added'), draft.name); onDone(); },
  });
  const problem = save.error ? toProblem(save.error) : undefined;
  const fields = fieldProblems(problem);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    save.mutate(draft);
  };
  return (
    <form className="grid gap-4" onSubmit={submit}>
      {problem && <ProblemNote problem={problem} />}
      <Field label={t('Name')} value={draft.name} required maxLength={64} placeholder={t('Operations')} problem={fields['name']} onChange={e => set({ name: e.target.value })} />
      {channel === undefined && (
        <div role="radiogroup" aria-label={t('Kind')} className="grid gap-2 sm:grid-cols-3">
          {KINDS.map(([kind, label, text, icon]) => (
            <ChoiceCard key={kind} name="kind" value={kind} checked={draft.kind === kind} onChoose={() => set({ kind })} className="flex gap-2 [&>svg]:mt-0.5 [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-ink-3">
              {icon}<span className="min-w-0"><span className="block text-[13px] font-medium">{label}</span><span className="block text-[12px] text-ink-2">{text}</span></span>
            </ChoiceCard>
          ))}
        </div>
      )}
      {draft.kind === 'email' && <EmailFields draft={draft} set={set} operator={operator} known={channel !== undefined} />}
      {draft.kind !== 'email' && <Field label={t('Address')} type="url" mono value={draft.url} required={channel === undefined} autoComplete="off" placeholder={draft.kind === 'slack' ? 'https://hooks.slack.com/services/…' : 'https://hooks.example.com/xanthus'} hint={channel ? t('Left empty, it stays as it is. It is never shown again.') : t('Kept in the vault and never shown again.')} onChange={e => set({ url: e.target.value })} />}
      {draft.kind === 'webhook' && <SecretField draft={draft} set={set} known={channel !== undefined} />}
      <ChannelFilterFields draft={draft} set={set} />
      <p className="rounded-lg border border-warn/30 bg-warn-wash p-3 text-[13px]">{t('A channel sends every notice of the organisation that fits, also what you yourself may not see here, and goes on when you have left. Whoever reads it there needs no role here.')}</p>
      <DialogActions sticky><Button onClick={onDone}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={save.isPending}>{channel ? t('Save') : t('Add channel')}</Button></DialogActions>
    </form>
  );
};

interface Fields { readonly draft: Draft; readonly set: (change: Partial<Draft>) => void; readonly known: boolean }

const EmailFields = ({ draft, set, operator, known }: Fields & { readonly operator: boolean }): ReactNode => (
  <>
    <TextField label={tc('recipients', 'To')} value={draft.to} required rows={2} placeholder="ops@example.com" hint={t('Addresses with commas, 20 at most.')} onChange={e => set({ to: e.target.value })} />
    <SelectField label={t('Mail server')} value={draft.operator ? 'operator' : 'own'} hint={operator ? undefined : t('The operator of this installation has set up none (XANTHUS_SMTP_URL); name one of your own.')} onChange={e => set({ operator: e.target.value === 'operator' })}>
      <option value="operator" disabled={!operator}>{t('The installation’s')}</option><option value="own">{t('One of our own')}</option>
    </SelectField>
    {!draft.operator && (
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t('Server')} mono value={draft.host} required placeholder="mail.example.com" onChange={e => set({ host: e.target.value })} />
        <Field label={t('Port')} type="number" min={1} max={65_535} value={draft.port} required onChange={e => set({ port: e.target.value })} />
        <SelectField label={t('Encryption')} value={draft.security} onChange={e => set({ security: e.target.value as Draft['security'], port: e.target.value === 'tls' ? '465' : e.target.value === 'starttls' ? '587' : '25' })}>
          <option value="tls">{t('TLS from the start')}</option><option value="starttls">{t('STARTTLS, or nothing is sent')}</option><option value="none">{t('None (a network that is trusted)')}</option>
        </SelectField>
        <Field label={t('From')} type="email" value={draft.from} required placeholder="xanthus@example.com" onChange={e => set({ from: e.target.value })} />
        <Field label={t('User')} value={draft.user} autoComplete="off" onChange={e => set({ user: e.target.value })} />
        <Field label={t('Password')} type="password" value={draft.password} autoComplete="new-password" hint={known ? t('Left empty, it stays as it is, for the same server and user.') : undefined} onChange={e => set({ password: e.target.value })} />
      </div>
    )}
  </>
);

const SecretField = ({ draft, set, known }: Fields): ReactNode => (
  <div className="grid gap-1.5">
    <Field label={t('Signing secret')} mono value={draft.secret} required={!known} minLength={24} maxLength={256} autoComplete="off" hint={known ? t('Left empty, it stays as it is.') : t('Copy it to where messages are received: with it you check that they are from here. It is never shown again.')} onChange={e => set({ secret: e.target.value })} />
    <span className="flex gap-1.5">
      <Button size="sm" icon={<Dices aria-hidden className="size-3.5" />} onClick={() => set({ secret: newSecret(bytes => crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>)) })}>{t('Make one')}</Button>
      {draft.secret !== '' && <CopyButton text={draft.secret} label={t('Copy signing secret')} />}
    </span>
  </div>
);
