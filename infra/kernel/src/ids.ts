const CROCKFORD = new TextEncoder().encode('0123456789abcdefghjkmnpqrstvwxyz');
const ASCII = new TextDecoder();
const TIME = 10;
const LENGTH = 26;

const digits = new Uint8Array(LENGTH);
const text = new Uint8Array(LENGTH);
let time = 0;

const put = (at: number, digit: number): void => {
  digits[at] = digit;
  text[at] = CROCKFORD[digit] ?? 0;
};

/** A later millisecond: its time, and 79 random bits. The first of 80 stays free, so that counting up never overflows. */
const begin = (now: number): void => {
  time = now;
  crypto.getRandomValues(digits.subarray(TIME));
  for (let at = TIME; at < LENGTH; at++) put(at, (digits[at] ?? 0) & (at === TIME ? 15 : 31));
  for (let at = TIME - 1, rest = now; at >= 0; at--, rest = Math.floor(rest / 32)) put(at, rest % 32);
};

const countUp = (): void => {
  let at = LENGTH - 1;
  for (; digits[at] === 31; at--) put(at, 0);
  put(at, (digits[at] ?? 0) + 1);
};

/** A lower-case ULID; several made in one millisecond of one process still sort in the order they were made. */
export const newId = (): string => {
  const now = Date.now();
  if (now > time) begin(now);
  else countUp();
  return ASCII.decode(text);
};
