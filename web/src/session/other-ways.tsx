import { Link, useNavigate } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { Cloud, LogIn } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { rich, t } from '../texts/text.js';
import { buttonClass, Button } from '../ui/button.js';
import { Field } from '../ui/field.js';
import { signInOptions, signInUrl } from './session.data.js';

/** Every way in but the password. */
export const OtherWays = ({ tenant, next }: { readonly tenant: string | undefined; readonly next: string | undefined }): ReactNode => {
  const { data: options, isFetching } = useQuery({ queryKey: ['sign-in-options', tenant], queryFn: () => signInOptions(tenant ?? ''), enabled: tenant !== undefined });
  return (
    <div className="mt-5 grid gap-2 border-t border-line pt-5">
      {options?.map(o => <a key={o.id} href={signInUrl(o.id, { next })} className={`${buttonClass()} !h-9`}><LogIn aria-hidden className="size-4" />{t('Log in with {label}', { label: o.label })}</a>)}
      {options?.length === 0 && !isFetching && <p role="status" className="text-[13px] text-ink-2">{rich('{organisation} offers no single sign-on.', { organisation: <span className="font-mono">{tenant}</span> })}</p>}
      {(options === undefined || options.length === 0) && <FindOrganisation tenant={tenant} next={next} />}
      <Link to="/login/cloudflare" search={next ? { next } : {}} className={`${buttonClass()} !h-9`}><Cloud aria-hidden className="size-4" />{t('Log in with a Cloudflare token')}</Link>
    </div>
  );
};

const FindOrganisation = ({ tenant, next }: { readonly tenant: string | undefined; readonly next: string | undefined }): ReactNode => {
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const slug = String(new FormData(event.currentTarget).get('organisation')).trim().toLowerCase();
    void navigate({ to: '/login', search: { ...(next ? { next } : {}), ...(slug ? { tenant: slug } : {}) }, replace: true });
  };
  if (!open) return <Button className="!h-9" icon={<LogIn aria-hidden className="size-4" />} onClick={() => setOpen(true)}>{t('Single sign-on')}</Button>;
  return (
    <form onSubmit={submit} className="flex items-end gap-2">
      <div className="min-w-0 flex-1"><Field label={t('Organisation')} name="organisation" mono required autoFocus defaultValue={tenant} placeholder={t('acme')} /></div>
      <Button type="submit">{t('Find')}</Button>
    </form>
  );
};
