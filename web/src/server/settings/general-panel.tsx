import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { maySend } from '../../app/nav.js';
import type { Server } from '../../contracts.js';
import { fieldProblems, toProblem } from '../../lib/problem.js';
import { useCan, useClient } from '../../live/live-context.js';
import { t } from '../../texts/text.js';
import { Button } from '../../ui/button.js';
import { Field } from '../../ui/field.js';
import { Panel } from '../../ui/panel.js';
import { ProblemNote } from '../../ui/problem-note.js';
import { toast } from '../../ui/toaster.js';
import { NOT_YOURS } from '../actions.js';
import { renameServer, tagServer } from '../server.data.js';
import { TimeZoneField } from '../time-zone.js';
import { readTags, sameTags, tagProblem } from './tags.js';

export const GeneralPanel = ({ server }: { readonly server: Server }): ReactNode => (
  <Panel title={t('General')}><div className="grid gap-5"><Name server={server} /><Tags server={server} /><TimeZoneField server={server} /></div></Panel>
);

const Name = ({ server }: { readonly server: Server }): ReactNode => {
  const client = useClient();
  const may = useCan(maySend(client.tenant, renameServer, server.id));
  const [name, setName] = useState(server.name);
  const rename = useMutation({ mutationFn: () => renameServer(client, server.id, { name: name.trim() }), onSuccess: () => toast(t('Renamed'), t('{name} is now {new_name}.', { name: server.name, new_name: name.trim() })) });
  const problem = rename.error ? toProblem(rename.error) : undefined;
  const blocked = !may ? NOT_YOURS : name.trim() === server.name ? t('The name is the same.') : undefined;
  const submit = (event: FormEvent): void => { event.preventDefault(); if (!blocked) rename.mutate(); };
  return (
    <form onSubmit={submit} className="grid gap-3">
      {problem && problem.code !== 'INVALID' && <ProblemNote problem={problem} />}
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1"><Field label={t('Name')} required value={name} readOnly={!may} onChange={e => setName(e.target.value)} hint={server.provider_id ? t('Here and at its provider. The host name inside the machine stays.') : t('Here. The machine’s own host name stays.')} problem={fieldProblems(problem)['name']} /></div>
        <Button type="submit" className="mt-[26px]" busy={rename.isPending} blocked={blocked}>{t('Rename')}</Button>
      </div>
    </form>
  );
};

const Tags = ({ server }: { readonly server: Server }): ReactNode => {
  const client = useClient();
  const may = useCan(maySend(client.tenant, tagServer, server.id));
  const now = server.tags ?? [];
  const [text, setText] = useState(now.join(', '));
  const tags = readTags(text);
  const wrong = tagProblem(tags);
  const save = useMutation({ mutationFn: () => tagServer(client, server.id, { tags: [...tags] }), onSuccess: () => { setText(tags.join(', ')); toast(t('Tags saved'), tags.length === 0 ? t('{name} has none.', { name: server.name }) : tags.join(', ')); } });
  const blocked = !may ? NOT_YOURS : wrong ?? (sameTags(tags, now) ? t('The tags are the same.') : undefined);
  const submit = (event: FormEvent): void => { event.preventDefault(); if (!blocked) save.mutate(); };
  return (
    <form onSubmit={submit} className="grid gap-3">
      {save.error && <ProblemNote problem={toProblem(save.error)} />}
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1"><Field label={t('Tags')} value={text} readOnly={!may} autoComplete="off" onChange={e => setText(e.target.value)} hint={t('Words between commas. Roles can be narrowed to servers with a tag.')} problem={wrong} /></div>
        <Button type="submit" className="mt-[26px]" busy={save.isPending} blocked={blocked}>{t('Save')}</Button>
      </div>
    </form>
  );
};
