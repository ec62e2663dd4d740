/** Where in the wizard a refusal belongs, and what can be done there. Pure. */
import { t } from '../texts/text.js';
import type { Step } from './draft.js';

export interface Place { readonly step: Step; /** What the button that leads there says. */ readonly action: string }

const KEY: Place = { step: 'key', action: t('Choose the account') };
const TYPE: Place = { step: 'type', action: t('Choose another type') };
const PLACES: Readonly<Record<string, Place>> = {
  'PROVIDER.KEY_REFUSED': KEY, 'PROVIDER.KEY_READ_ONLY': KEY, 'PROVIDER.NOT_CONNECTED': KEY, 'PROVIDER.REFUSED': KEY, 'PROVIDER.CHOICE_NEEDED': KEY, 'PROVIDER.QUOTA_REACHED': { ...KEY, action: t('Choose another account') },
  'PROVIDER.SOLD_OUT': TYPE, 'PROVIDER.UNKNOWN_TYPE': TYPE,
  'PROVIDER.UNKNOWN_LOCATION': { step: 'location', action: t('Choose another location') },
};

/** undefined: it belongs where it came up. */
export const placeOf = (code: string, steps: readonly Step[]): Place | undefined => {
  const place = PLACES[code];
  return place && (steps.includes(place.step) ? place : { ...place, step: 'provider' });
};

/** These are about the name, and stand beside it. */
export const NAME_CODES: ReadonlySet<string> = new Set(['SERVER.NAME_TAKEN', 'SERVER.NAME_INVALID', 'PROVIDER.NAME_TAKEN']);
