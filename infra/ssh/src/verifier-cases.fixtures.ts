/** The nine answers that a verifier can give. The library by itself accepts six of them; only the last may be accepted. */
export const VERIFIER_CASES: readonly (readonly [string, unknown, boolean])[] = [
  ['none', undefined, false],
  ['null', () => null, false],
  ['0', () => 0, false],
  ['undefined', () => undefined, false],
  ['async true', async () => true, false],
  ['async false', async () => false, false],
  ['async throw', async () => { throw new Error('no'); }, false],
  ['false', () => false, false],
  ['true', () => true, true],
];
