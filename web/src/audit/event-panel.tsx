import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { toLogged } from '../causes/logged.js';
import { formatMoment } from '../lib/format.js';
import { historyLink, thingLink, thingWord } from '../lib/thing-link.js';
import { t } from '../texts/text.js';
import { Button, IconButton } from '../ui/button.js';
import { Code, CopyButton } from '../ui/copy-button.js';
import { Facts } from '../ui/panel.js';
import { ThingLink } from '../ui/thing-link.js';
import { EventMenu } from '../undo/event-menu.js';
import type { AuditFilter } from './filter.js';
import { thingOf } from './filter.js';
import { JsonTree } from './json-tree.js';
import { eventId } from './timeline-list.js';
import type { AuditEvent } from './timeline.js';
import type { Sentences } from './use-sentences.js';

interface Props { readonly event: AuditEvent; readonly sentences: Sentences; readonly onFilter: (change: AuditFilter) => void; readonly onClose: () => void }

/** One event: in words, what it is about, and all of its data. */
export const EventPanel = ({ event, sentences, onFilter, onClose }: Props): ReactNode => {
  const { text, who, envelope } = sentences.of(event);
  const stored = new Date(event.at).toISOString();
  const logged = toLogged(event.stream, { seq: event.seq, subject: '', time: stored, payload: event.payload });
  return (
    <section aria-label={t('Event {id}', { id: eventId(event) })} data-testid="audit-event" className="grid min-w-0 content-start gap-4 border-line bg-surface p-4 max-lg:fixed max-lg:inset-x-0 max-lg:bottom-0 max-lg:z-30 max-lg:max-h-[75dvh] max-lg:overflow-auto max-lg:border-t max-lg:shadow-pop lg:max-h-[max(20rem,calc(100dvh-17rem))] lg:overflow-auto lg:border-l">
      <header className="flex items-start gap-2">
        <h2 className="min-w-0 flex-1 text-[14px] font-semibold tracking-tight first-letter:uppercase">{text}</h2>
        {logged && <EventMenu event={logged} text={text} stored={stored} />}
        <IconButton label={t('Close')} className="!size-7" onClick={onClose}><X aria-hidden className="size-4" /></IconButton>
      </header>
      {envelope && <About {...{ envelope, who, sentences, onFilter }} />}
      <Facts rows={[
        [t('When'), <time key="at" dateTime={stored} title={stored}>{formatMoment(event.at)}</time>],
        ...(envelope ? [[t('Type'), <Code key="type" text={envelope.type} label={t('Copy the type')} />], [t('Id'), <Code key="id" text={envelope.id} label={t('Copy the id')} />],
          [t('Correlation'), <Code key="c" text={envelope.correlation_id} label={t('Copy the correlation')} />], [t('Command'), <Code key="cmd" text={envelope.command_id} label={t('Copy the command')} />]] as const : []),
        [t('In the log'), <Code key="seq" text={eventId(event)} label={t('Copy the place in the log')} />],
      ]} />
      <section aria-label={t('Data')} className="min-w-0">
        <h3 className="flex items-center justify-between text-[13px] font-medium">{t('Data')}<CopyButton text={() => JSON.stringify(event.payload, null, 2)} label={t('Copy the data')} /></h3>
        <div className="mt-1 overflow-auto rounded-lg border border-line bg-sunken p-3 font-mono text-[12px] leading-relaxed"><JsonTree value={event.payload} /></div>
      </section>
    </section>
  );
};

const About = ({ envelope, who, sentences, onFilter }: { readonly envelope: NonNullable<ReturnType<Sentences['of']>['envelope']>; readonly who: string; readonly sentences: Sentences; readonly onFilter: (change: AuditFilter) => void }): ReactNode => {
  const thing = thingOf(envelope);
  const { name, within } = sentences.names;
  const to = thingLink(thing, within(thing));
  return (
    <div className="grid gap-2 text-[13px]">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <ThingLink to={to} className={to ? 'font-medium text-accent-ink underline underline-offset-2' : 'font-medium'}>{`${thingWord(thing)} ${name(thing) ?? thing.id}`}</ThingLink>
        <ThingLink to={historyLink(thing)} className="text-accent-ink underline underline-offset-2">{t('Its history')}</ThingLink>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button size="sm" onClick={() => onFilter({ actor: envelope.actor.id })}>{t('All by {who}', { who })}</Button>
        <Button size="sm" onClick={() => onFilter({ correlation: envelope.correlation_id })}>{t('All of the same course')}</Button>
        <Button size="sm" onClick={() => onFilter({ type: envelope.type })}>{t('All of this type')}</Button>
      </div>
      {envelope.actor.via && <p className="text-[12px] text-ink-3">{t('Done by the service {service} for {who}', { service: envelope.actor.via, who })}</p>}
    </div>
  );
};
