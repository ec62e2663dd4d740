import { useMemo } from 'react';
import type { EventEnvelope } from '@xanthus/proto';
import { shortId } from '../lib/format.js';
import { thingWord } from '../lib/thing-link.js';
import { useThingNames, type ThingNames } from '../lib/things.data.js';
import { useClient } from '../live/live-context.js';
import { useNames } from '../members/use-names.js';
import { t } from '../texts/text.js';
import { envelopeOf, thingOf } from './filter.js';
import type { AuditEvent } from './timeline.js';
import { say, sayWith, type Piece } from './words/index.js';

const PERSONS: ReadonlySet<string> = new Set(['member', 'person']);

export interface Sentence {
  readonly envelope: EventEnvelope | undefined;
  readonly pieces: readonly Piece[];
  readonly who: string;
  readonly thing: string;
  readonly text: string;
}
export interface Sentences { of(event: AuditEvent): Sentence; /** Everything that a search looks at, in small letters. */ searched(event: AuditEvent): string; readonly names: ThingNames; readonly people: ReadonlyMap<string, string> }

/** Events in words, with the names as they are known now. Said once for each. */
export const useSentences = (): Sentences => {
  const { user } = useClient();
  const people = useNames();
  const names = useThingNames();
  return useMemo(() => {
    const said = new WeakMap<AuditEvent, Sentence>();
    const who = ({ actor }: EventEnvelope): string => (actor.kind === 'service' || actor.kind === 'system' ? 'Xanthus' : actor.id === user.id ? user.name || t('You') : people.get(actor.id) ?? (actor.kind === 'credential' ? t('Credential {id}', { id: shortId(actor.id) }) : t('Somebody ({id})', { id: shortId(actor.id) })));
    const of = (event: AuditEvent): Sentence => {
      const known = said.get(event);
      if (known) return known;
      const envelope = envelopeOf(event.payload);
      if (!envelope) return { envelope, pieces: [{ text: t('This is no event that can be read here.') }], who: '', thing: '', text: t('This is no event that can be read here.') };
      const thing = thingOf(envelope);
      const pieces = say(envelope);
      const name = names.name(thing);
      // Somebody is said by name alone.
      const parts = { who: who(envelope), thing: name !== undefined && thing.service === 'auth' && PERSONS.has(thing.aggregate) ? name : `${thingWord(thing)} ${name ?? shortId(thing.id)}` };
      const sentence = { envelope, pieces, ...parts, text: sayWith(pieces, parts.who, parts.thing) };
      said.set(event, sentence);
      return sentence;
    };
    const searched = (event: AuditEvent): string => { const { text, who: name, thing, envelope } = of(event); return `${text} ${name} ${thing} ${JSON.stringify(envelope ?? event.payload)}`.toLowerCase(); };
    return { of, searched, names, people };
  }, [user, people, names]);
};
