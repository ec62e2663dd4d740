/** Times as streams have them, to the nanosecond: what `Date` cannot hold. */
const FORM = /^(.+?)(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)$/;

/** Nanoseconds since 1970. @throws TypeError */
export const nanosOf = (iso: string): bigint => {
  const [, head, fraction = '', zone] = FORM.exec(iso) ?? [];
  const ms = Date.parse(`${head}${zone}`);
  if (Number.isNaN(ms)) throw new TypeError(`not a time: ${JSON.stringify(iso)}`);
  return BigInt(ms) * 1_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
};

export const isoOfNanos = (nanos: bigint): string => {
  const seconds = nanos / 1_000_000_000n;
  return `${new Date(Number(seconds) * 1_000).toISOString().slice(0, 19)}.${String(nanos % 1_000_000_000n).padStart(9, '0')}Z`;
};

/** As a view has it: to the millisecond, what is less is cut off. */
export const viewTime = (iso: string): string => new Date(iso).toISOString();
