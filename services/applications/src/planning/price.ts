/** Prices as decimal text, since they have fractions that binary numbers cannot hold. Pure. */
const SCALE = 12;
const scaled = (amount: string): bigint => {
  const [, sign = '', whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(amount) ?? [];
  const value = BigInt(whole + fraction.slice(0, SCALE).padEnd(SCALE, '0'));
  return sign === '-' ? -value : value;
};
export const difference = (a: string, b: string): string => {
  const value = scaled(a) - scaled(b);
  const digits = (value < 0n ? -value : value).toString().padStart(SCALE + 1, '0');
  const fraction = digits.slice(-SCALE).replace(/0+$/, '').padEnd(2, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -SCALE)}.${fraction}`;
};
export const isLess = (a: string, b: string): boolean => scaled(a) < scaled(b);
