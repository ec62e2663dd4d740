import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

const look = (): boolean => {
  try {
    return (require('ssh2/lib/protocol/crypto.js') as { readonly bindingAvailable?: unknown }).bindingAvailable === true;
  } catch {
    return false;
  }
};

/** Does the library have its native half? Without it (its install script did not run, or found no compiler) the same bytes cost 2.5 to 4 times as much, and nothing else says so. */
export const NATIVE_CRYPTO: boolean = look();
