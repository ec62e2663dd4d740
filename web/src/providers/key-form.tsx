import { useMutation } from '@tanstack/react-query';
import { Eye, EyeOff, ExternalLink } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { ProviderAccount, ProviderKind, Secret } from '../contracts.js';
import { fieldProblems, toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { useSecrets } from '../security/security.data.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { DialogActions } from '../ui/dialog.js';
import { Field, SelectField, TextField } from '../ui/field.js';
import { suggestAccountName } from './accounts.js';
import { ProviderProblem } from './provider-problem.js';
import { connectProvider, replaceProviderKey, useAccounts } from './providers.data.js';

interface Props {
  readonly kind: ProviderKind;
  /** Whose key is replaced; without it an account is connected. */
  readonly account?: ProviderAccount;
  readonly onDone: (id: string) => void;
  readonly onCancel?: (() => void) | undefined;
}

/** Connects an account, or gives it another key. The key is tried at the provider before it is kept, and never shown again. */
export const KeyForm = ({ kind, account, onDone, onCancel }: Props): ReactNode => {
  const client = useClient();
  const { accounts } = useAccounts();
  const secrets = useSecretsFor(kind);
  const [name, setName] = useState(() => suggestAccountName(kind.title, accounts));
  const [value, setValue] = useState('');
  const [secret, setSecret] = useState('');
  const key = secret ? { secret } : { value: value.trim() };
  const save = useMutation({
    mutationFn: async () => {
      if (account) { await replaceProviderKey(client, account.id, { key }); return account.id; }
      return (await connectProvider(client, { kind: kind.kind, name: name.trim(), ...(kind.key ? { key } : {}) })).id;
    },
    onSuccess: id => { setValue(''); onDone(id); },
  });
  const problem = save.error ? toProblem(save.error) : undefined;
  const fields = fieldProblems(problem);
  const missing = !account && !name.trim() ? t('Give the account a name.') : kind.key && !secret && !value.trim() ? t('Paste the {label}.', { label: kind.key.label }) : undefined;
  const submit = (event: FormEvent): void => { event.preventDefault(); if (!missing && !save.isPending) save.mutate(); };
  return (
    <form className="grid gap-4" onSubmit={submit}>
      {kind.key && <p className="text-[13px] text-ink-2">{kind.key.help} <a href={kind.key.url} target="_blank" rel="noreferrer" className="inline-flex items-center gap-1 whitespace-nowrap text-accent-ink underline underline-offset-2">{t('Open {title}', { title: kind.title })}<ExternalLink aria-hidden className="size-3.5" /></a></p>}
      {problem && problem.code !== 'INVALID' && <ProviderProblem problem={problem} onRetry={() => save.mutate()} />}
      {kind.key && secrets.length > 0 && (
        <SelectField label={t('Where the key is')} value={secret} onChange={e => setSecret(e.target.value)}>
          <option value="">{t('I paste it')}</option>{secrets.map(s => <option key={s.id} value={s.id}>{t('Secret {name}', { name: s.name })}</option>)}
        </SelectField>
      )}
      {kind.key && !secret && <KeyField label={capital(kind.key.label)} long={kind.key.long} value={value} onChange={setValue} problem={fields['key.value'] ?? fields['key']} />}
      {!account && <Field label={t('Name of the account')} required maxLength={64} value={name} onChange={e => setName(e.target.value)} hint={t('Only here, to tell it from others.')} problem={fields['name']} />}
      {save.isPending && <p role="status" className="text-[13px] text-ink-3">{t('Asking {title} whether it takes the key…', { title: kind.title })}</p>}
      <DialogActions>
        {onCancel && <Button onClick={onCancel}>{t('Cancel')}</Button>}
        <Button kind="primary" type="submit" busy={save.isPending} blocked={save.isPending ? undefined : missing}>{account ? t('Replace key') : kind.key ? t('Check and connect') : t('Use {title}', { title: kind.title })}</Button>
      </DialogActions>
    </form>
  );
};

interface KeyFieldProps { readonly label: string; readonly long: boolean; readonly value: string; readonly onChange: (value: string) => void; readonly problem: string | undefined }

/** Masked, with a look at what was pasted; a key of several lines can't be masked by the browser and stays readable. */
const KeyField = ({ label, long, value, onChange, problem }: KeyFieldProps): ReactNode => {
  const [shown, setShown] = useState(false);
  const hint = t('It goes into the vault and is never shown again.');
  if (long) return <TextField label={label} mono required rows={6} autoComplete="off" value={value} onChange={e => onChange(e.target.value)} hint={hint} problem={problem} />;
  const Icon = shown ? EyeOff : Eye;
  return (
    <Field label={label} mono required type={shown ? 'text' : 'password'} autoComplete="off" value={value} onChange={e => onChange(e.target.value)} hint={hint} problem={problem}
      aside={<button type="button" aria-pressed={shown} onClick={() => setShown(!shown)} className="-my-1 inline-flex min-h-7 items-center gap-1 rounded text-[12px] text-ink-3 hover:text-ink"><Icon aria-hidden className="size-3.5" />{shown ? t('Hide') : t('Show')}</button>} />
  );
};

/** The tenant's own secrets that may hold such a key; none for who may not see secrets. */
const useSecretsFor = (kind: ProviderKind): readonly Secret[] => {
  const { rows } = useSecrets();
  return [...rows.values()].filter(s => s.kind === kind.key?.secret_kind).sort((a, b) => a.name.localeCompare(b.name));
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
