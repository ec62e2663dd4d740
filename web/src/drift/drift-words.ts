/** Differences at a provider in words, and what each answer does. Pure. */
import type { DriftFinding, ServerDrift } from '../contracts.js';
import { formatBytes, formatDay } from '../lib/format.js';
import { formatMoney } from '../lib/money.js';
import { t } from '../texts/text.js';

export type Answer = 'accept' | 'revert' | 'ignore';
type Kind = DriftFinding['kind'];

/** As in proto; a list of words is not worth a schema library. */
export const CHOICES: Readonly<Record<Kind, readonly Answer[]>> = {
  missing: ['accept', 'ignore'], renamed: ['accept', 'revert', 'ignore'], resized: ['accept', 'revert', 'ignore'], powered: ['accept', 'revert', 'ignore'], unknown: ['accept', 'revert', 'ignore'],
  snapshot: ['revert', 'ignore'],
};

export interface Choice { readonly label: string; readonly effect: string; /** Something is changed at the provider, or lost. */ readonly danger?: true; /** Its name is typed first. */ readonly confirm?: true }
export interface Words { readonly title: string; readonly text: string; readonly choices: Readonly<Partial<Record<Answer, Choice>>> }

const POWER: Readonly<Record<string, string>> = { running: t('switched on'), off: t('switched off') };
const powered = (state: string | null): string => (state === null ? t('not there') : POWER[state] ?? state);
const IGNORE: Choice = { label: t('Ignore'), effect: t('It stays as it is, here and at the provider, and is not told again until it changes.') };

/** Of which server, how large, from when, and for how much: as far as that is known. */
const leftOver = (snapshot: DriftFinding['snapshot']): string => {
  if (!snapshot) return t('It is of a server that is not kept here any more, and costs money there.');
  const { of, size_bytes, created_at, price } = snapshot;
  const copy = t('A copy of the disk of {of}, which is not kept here any more: from {day}{size}.', { of: of ?? t('a server'), day: formatDay(Date.parse(created_at)), size: size_bytes === null ? '' : `, ${formatBytes(size_bytes)}` });
  return `${copy} ${price ? t('It costs {price} a month at the provider.', { price: formatMoney(price.monthly.gross, price.currency, Number(price.monthly.gross) < 0.01 ? 4 : 2) }) : t('It may cost money at the provider.')}`;
};

export const driftWords = ({ name }: Pick<ServerDrift, 'name'>, { kind, expected, actual, snapshot }: Pick<DriftFinding, 'kind' | 'expected' | 'actual' | 'snapshot'>): Words => {
  switch (kind) {
    case 'missing': return {
      title: t('Gone at the provider'), text: t('The provider no longer has {name}. Somebody deleted it there.', { name }),
      choices: { accept: { label: t('Remove it here too'), effect: t('{name} is taken off the list; its credentials are destroyed and its costs end. What was on it is gone already.', { name }), danger: true }, ignore: IGNORE },
    };
    case 'renamed': return {
      title: t('Renamed at the provider'), text: t('Somebody renamed {expected} to {actual} there.', { expected: expected ?? name, actual: actual ?? t('nothing') }),
      choices: { accept: { label: t('Take the new name'), effect: t('The server is called {actual} here too.', { actual: actual ?? '' }) }, revert: { label: t('Rename it back'), effect: t('At the provider it is called {expected} again.', { expected: expected ?? '' }) }, ignore: IGNORE },
    };
    case 'resized': return {
      title: t('Type changed at the provider'), text: t('It was {expected} and is {actual} now. It is paid at the provider’s price of {type}.', { expected: expected ?? t('unknown'), actual: actual ?? t('unknown'), type: actual ?? t('that type') }),
      choices: {
        accept: { label: t('Take the new type'), effect: t('It is known as {actual} here; costs are reckoned with its price from now on.', { actual: actual ?? '' }) },
        revert: { label: t('Change it back'), effect: t('At the provider it becomes {expected} again. It has to be switched off for that; what runs on it ends.', { expected: expected ?? '' }), danger: true }, ignore: IGNORE,
      },
    };
    case 'powered': return {
      title: t('It is {powered}', { powered: powered(actual) }), text: t('Somebody did that at the provider; here it was known to be {powered}.', { powered: powered(expected) }),
      choices: {
        accept: { label: t('Leave it so'), effect: t('It is known to be {powered} from now on.', { powered: powered(actual) }) },
        revert: actual === 'off' ? { label: t('Switch it on'), effect: t('{name} is switched on at the provider.', { name }) } : { label: t('Shut it down'), effect: t('{name} is shut down at the provider; what runs on it ends.', { name }), danger: true }, ignore: IGNORE,
      },
    };
    case 'unknown': return {
      title: t('A machine with our mark, and not known here'), text: t('{name} is at the provider with the label of this organisation. It costs money there.', { name }),
      choices: {
        accept: { label: t('Let it go'), effect: t('The label of this organisation is taken off; {name} stays as it is and is not told again. To manage it here again, adopt it by its address.', { name }) },
        revert: { label: t('Delete it'), effect: t('{name} is deleted at the provider, with everything on its disk. This can’t be undone.', { name }), danger: true, confirm: true }, ignore: IGNORE,
      },
    };
    case 'snapshot': return {
      title: t('A snapshot that is left of a server'), text: leftOver(snapshot),
      choices: {
        revert: { label: t('Delete it'), effect: snapshot?.of ? t('The snapshot “{name}” of {server} is deleted at the provider, and its costs end. It may be the last copy of that disk; this can’t be undone.', { name, server: snapshot.of }) : t('The snapshot “{name}” is deleted at the provider, and its costs end. It may be the last copy of that disk; this can’t be undone.', { name }), danger: true },
        ignore: { label: t('Keep it'), effect: t('It stays at the provider and goes on costing what it costs. It is listed here as ignored.') },
      },
    };
  }
};

/** Both sides of a difference, as they are shown beside each other. */
export const beforeAfter = ({ kind, expected, actual }: Pick<DriftFinding, 'kind' | 'expected' | 'actual'>): readonly [string, string] =>
  kind === 'powered' ? [powered(expected), powered(actual)] : [expected ?? t('not known here'), actual ?? t('not there')];

/** Open ones first, each with its server. */
export const driftRows = (drift: Iterable<ServerDrift>): readonly (readonly [ServerDrift, DriftFinding])[] =>
  [...drift].flatMap(of => of.findings.map(f => [of, f] as const)).sort(([a, x], [b, y]) => Number(x.state === 'ignored') - Number(y.state === 'ignored') || a.name.localeCompare(b.name) || x.kind.localeCompare(y.kind));
