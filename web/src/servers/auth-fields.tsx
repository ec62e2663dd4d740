import { useMutation } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { RadioGroup } from 'radix-ui';
import { useMemo, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { generateSshKey, useSshKeys } from '../keys/keys.data.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { rich, t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Code } from '../ui/copy-button.js';
import { Field, SelectField, TextField } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';
import type { AdoptForm, AuthMethod } from './adopt-form.js';

const METHODS: readonly (readonly [AuthMethod, string, string])[] = [
  ['ssh_key', t('Key of Xanthus'), t('Best: the private half never leaves the vault.')],
  ['private_key', t('Private key'), t('Paste one that the machine knows.')],
  ['password', t('Password'), t('Kept encrypted in the vault.')],
];

interface Props { readonly form: AdoptForm; readonly edit: (change: Partial<AdoptForm>) => void; readonly problem: string | undefined }

/** What puts a key where SSH looks for it. */
const letIn = (public_key: string): string => `mkdir -p -m 700 ~/.ssh && echo '${public_key}' >> ~/.ssh/authorized_keys && chmod 600 ~/.ssh/authorized_keys`;

export const AuthFields = ({ form, edit, problem }: Props): ReactNode => (
  <fieldset className="grid gap-3">
    <legend className="mb-1.5 text-[13px] font-medium">{t('How to log in')}</legend>
    <RadioGroup.Root aria-label={t('How to log in')} value={form.method} onValueChange={method => edit({ method: method as AuthMethod })} className="grid gap-2 sm:grid-cols-3">
      {METHODS.map(([method, label, text]) => (
        <RadioGroup.Item key={method} value={method} className="grid content-start rounded-lg border border-line-strong p-3 text-left transition-colors hover:bg-raised data-[state=checked]:border-accent data-[state=checked]:bg-accent-wash">
          <span className="block text-[13px] font-medium text-ink">{label}</span><span className="block text-[12px] text-ink-2">{text}</span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
    {problem && <p role="alert" className="text-[13px] text-bad">{problem}</p>}
    {form.method === 'ssh_key' && <TenantKey form={form} edit={edit} />}
    {form.method === 'private_key' && (
      <div className="grid gap-4">
        <TextField label={t('Private key')} mono rows={6} placeholder="-----BEGIN OPENSSH PRIVATE KEY-----" value={form.private_key} onChange={e => edit({ private_key: e.target.value })} hint={t('PEM or OpenSSH. It goes into the vault before anything else happens.')} />
        <Field label={t('Passphrase')} type="password" autoComplete="off" value={form.passphrase} onChange={e => edit({ passphrase: e.target.value })} hint={t('Only if the key has one.')} />
      </div>
    )}
    {form.method === 'password' && <Field label={t('Password')} type="password" autoComplete="off" value={form.password} onChange={e => edit({ password: e.target.value })} />}
  </fieldset>
);

const TenantKey = ({ form, edit }: Omit<Props, 'problem'>): ReactNode => {
  const client = useClient();
  const mayGenerate = useCan(maySend(client.tenant, generateSshKey));
  const { rows } = useSshKeys();
  const keys = useMemo(() => [...rows.values()].filter(k => k.has_private_key).sort((a, b) => b.created_at.localeCompare(a.created_at)), [rows]);
  const generate = useMutation({
    // Named by the day and a counter, so that one click is enough.
    mutationFn: () => generateSshKey(client, { name: freeName(new Set([...rows.values()].map(k => k.name))) }),
    onSuccess: ({ id }) => edit({ ssh_key: id }),
  });
  const public_key = rows.get(form.ssh_key)?.public_key ?? (generate.data?.id === form.ssh_key ? generate.data.public_key : undefined);
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-end gap-2">
        {keys.length > 0 && (
          <div className="min-w-48 flex-1">
            <SelectField label={t('SSH key')} value={form.ssh_key} onChange={e => edit({ ssh_key: e.target.value })}>
              <option value="">{t('Choose…')}</option>
              {keys.map(k => <option key={k.id} value={k.id}>{k.name}</option>)}
              {form.ssh_key && !rows.has(form.ssh_key) && <option value={form.ssh_key}>{t('New key')}</option>}
            </SelectField>
          </div>
        )}
        <Button icon={<KeyRound aria-hidden className="size-4" />} busy={generate.isPending} blocked={mayGenerate ? undefined : t('Your role doesn’t allow this (DENIED).')} onClick={() => generate.mutate()}>{t('Generate a key')}</Button>
      </div>
      {generate.error && <ProblemNote problem={toProblem(generate.error)} onRetry={() => generate.mutate()} />}
      {public_key && (
        <div className="grid animate-rise gap-2">
          <p className="text-[13px] text-ink-2">{rich('Run this on the machine as {code}, so that Xanthus may log in:', { code: <code className="font-mono text-ink">{form.user || t('the user')}</code> })}</p>
          <Code block label={t('Copy command')} text={letIn(public_key)} />
        </div>
      )}
    </div>
  );
};

const freeName = (taken: ReadonlySet<string>): string => {
  for (let n = 1; ; n++) if (!taken.has(`xanthus-${n}`)) return `xanthus-${n}`;
};
