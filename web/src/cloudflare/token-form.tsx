import { ExternalLink } from 'lucide-react';
import { useId, useState, type FormEvent, type ReactNode } from 'react';
import type { CloudflareStep } from '../contracts.js';
import { toProblem, type ShownProblem } from '../lib/problem.js';
import { t } from '../texts/text.js';
import { Button, buttonClass } from '../ui/button.js';
import { TextField } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';
import { StepList } from '../ui/step-list.js';
import { addStep, choicesOf, toSteps } from './steps.js';

interface Props {
  readonly action: string;
  /** Where a token with everything that is needed is made. */
  readonly helpUrl: string | undefined;
  readonly run: (input: { readonly token: string; readonly account?: string }, onStep: (step: CloudflareStep) => void) => Promise<unknown>;
  readonly onCancel?: () => void;
}

/** A token, the five steps that it goes through, and the choice where it reaches several accounts. */
export const CloudflareTokenForm = ({ action, helpUrl, run, onCancel }: Props): ReactNode => {
  const [token, setToken] = useState('');
  const [account, setAccount] = useState<string>();
  const [told, setTold] = useState<readonly CloudflareStep[]>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ShownProblem>();
  const choices = choicesOf(problem);
  const legend = useId();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    setTold([]);
    run({ token: token.trim(), ...(account ? { account } : {}) }, step => setTold(before => addStep(before ?? [], step)))
      .catch((error: unknown) => setProblem(toProblem(error)))
      .finally(() => setBusy(false));
  };
  return (
    <form onSubmit={submit} className="grid gap-4" aria-busy={busy}>
      <TextField label={t('API token')} mono rows={2} required autoComplete="off" data-1p-ignore value={token} onChange={e => { setToken(e.target.value); setAccount(undefined); setProblem(undefined); }} placeholder={t('Paste it here')}
        aside={helpUrl && <a href={helpUrl} target="_blank" rel="noreferrer" className="inline-flex items-center gap-1 text-[13px] text-accent-ink underline underline-offset-2">{t('Make one')}<ExternalLink aria-hidden className="size-3.5" /></a>}
        hint={helpUrl ? t('“Make one” opens Cloudflare with the right permissions ticked: choose the account and zones, create, and paste the token.') : undefined} />
      {told && <div className="overflow-hidden rounded-lg border border-line"><StepList label={t('Steps of the check')} steps={toSteps(told, busy)} busy={busy} /></div>}
      {choices.length > 0 ? (
        <fieldset className="grid gap-2" aria-labelledby={legend}>
          <p id={legend} className="text-[13px] font-medium">{t('This token reaches several accounts. Which one?')}</p>
          {choices.map(c => (
            <label key={c.id} className="flex cursor-pointer items-center gap-2.5 rounded-lg border border-line p-3 has-checked:border-accent has-checked:bg-accent-wash">
              <input type="radio" name="account" required checked={account === c.id} onChange={() => setAccount(c.id)} className="size-4 accent-(--accent)" />
              <span className="min-w-0 text-[13px]"><span className="block truncate font-medium">{c.name}</span><span className="block truncate font-mono text-[12px] text-ink-3">{c.id}</span></span>
            </label>
          ))}
        </fieldset>
      ) : problem && <ProblemNote problem={problem} />}
      <div className="flex flex-wrap justify-end gap-2">
        {onCancel && <Button onClick={onCancel}>{t('Cancel')}</Button>}
        <button type="submit" aria-disabled={busy || undefined} className={buttonClass('primary')}>{busy ? t('Checking…') : action}</button>
      </div>
    </form>
  );
};
