/** Decimal text without rounding: prices have up to four digits, VAT whole per cents. */
const SCALE = 8;

const units = (text: string): bigint => {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(SCALE, '0').slice(0, SCALE));
};

/** As the API writes it: the net price with ten digits after the point, the gross one with sixteen. */
export const priceOf = (net: string, vatPercent: string): { readonly net: string; readonly gross: string } => {
  const gross = units(net) * (100n * 10n ** BigInt(SCALE) + units(vatPercent));
  return { net: decimal(units(net), SCALE, 10), gross: decimal(gross, 2 * SCALE + 2, 16) };
};

const decimal = (value: bigint, scale: number, digits: number): string => {
  const text = value.toString().padStart(scale + 1, '0');
  return `${text.slice(0, -scale)}.${text.slice(-scale).padEnd(digits, '0').slice(0, digits)}`;
};
