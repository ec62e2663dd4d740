// Module hooks of the tests: TypeScript from source as everywhere, and `@jest/globals`.
import { load as loadTs, resolve as resolveTs } from '../../launch/bin/support/ts-hooks.mjs';

const globals = new URL('./globals.mjs', import.meta.url).href;
const plain = url => url?.replace(/\?\d+$/, ''); // a file that this worker imports again

export const resolve = (specifier, context, next) => specifier === '@jest/globals'
  ? { url: globals, shortCircuit: true }
  : resolveTs(specifier, { ...context, parentURL: plain(context.parentURL) }, next);

export const load = (url, context, next) => loadTs(plain(url), context, next);
