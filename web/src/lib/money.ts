/** Amounts of money: decimal text as providers give it, added without rounding, shown rounded. Pure. */
import { locale } from '../texts/language.js';

export interface Price { readonly net: string; readonly gross: string }

/** Digits behind the point that sums are kept with. */
const SCALE = 20;

const toUnits = (amount: string): bigint => {
  const [whole = '0', rest = ''] = amount.split('.');
  return BigInt(whole) * 10n ** BigInt(SCALE) + BigInt(rest.slice(0, SCALE).padEnd(SCALE, '0'));
};

/** `addAmounts('0.1', '0.2')` → `0.3`. */
export const addAmounts = (...amounts: readonly string[]): string => {
  const units = amounts.reduce((sum, a) => sum + toUnits(a), 0n).toString().padStart(SCALE + 1, '0');
  return `${units.slice(0, -SCALE)}.${units.slice(-SCALE)}`.replace(/\.?0+$/, '') || '0';
};

export const addPrices = (...prices: readonly Price[]): Price => ({ net: addAmounts(...prices.map(p => p.net)), gross: addAmounts(...prices.map(p => p.gross)) });

export const compareAmounts = (a: string, b: string): number => { const d = toUnits(a) - toUnits(b); return d < 0n ? -1 : d > 0n ? 1 : 0; };

/** `4.15`, EUR → `€4.15`; an hour's price has more digits: `€0.0067`. */
export const formatMoney = (amount: string, currency: string, digits: 2 | 4 = 2): string =>
  new Intl.NumberFormat(locale, { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits }).format(Number(amount));
