// How test files are loaded. Jest's own runtime gives each test file a V8 context of its own and links every module of it anew: half of the
// time of a run went there. This one lets Node import them: a module is loaded once per worker, as in the product, and the test files of a
// worker share it. What `@jest/globals` offers is Jest's own, new for each file. Modules cannot be mocked; nothing here does.
const hooks = require('node:async_hooks');
const { register } = require('node:module');
const { pathToFileURL } = require('node:url');
const { default: Runtime } = require('jest-runtime');

process.setSourceMapsEnabled(true); // stacks name our lines
register('./hooks.mjs', pathToFileURL(__filename));

const globals = import('./globals.mjs');
const { AsyncLocalStorage } = hooks;
const storage = new AsyncLocalStorage();
/** How often this worker has imported a file: the next time it has to have another name. */
const imported = new Map();

module.exports = class NativeRuntime extends Runtime {
  /**
   * Jest's own parts live where the tests live; new for each test file, because they keep its describe blocks. Only the storage that they
   * follow a test by is always the same one: Node asks each there ever was about every promise, a hundred files later too.
   */
  requireInternalModule(from, to) {
    if (to) return super.requireInternalModule(from, to);
    delete require.cache[from];
    hooks.AsyncLocalStorage = function one() { return storage; };
    try {
      return require(from);
    } finally {
      hooks.AsyncLocalStorage = AsyncLocalStorage;
    }
  }

  unstable_shouldLoadAsEsm() {
    return true;
  }

  async unstable_importModule(file) {
    (await globals).use(this.jestGlobals.cjsGlobals(file));
    const times = imported.get(file) ?? 0;
    imported.set(file, times + 1);
    await import(`${pathToFileURL(file).href}${times === 0 ? '' : `?${times}`}`);
  }
};
