// The world of a test file: this process. What Jest or the file itself changed in it is put back afterwards.
const { ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');
const { findSourceMap } = require('node:module');
const { fileURLToPath } = require('node:url');

const real = { console, exit: process.exit };

/** A stack with our lines. Node's own way of saying an anonymous function would be left out by Jest. */
function stack(error, sites) {
  const frames = sites.map((site) => {
    const file = site.getFileName();
    const entry = file?.startsWith('file:') ? findSourceMap(file)?.findEntry(site.getLineNumber() - 1, site.getColumnNumber() - 1) : undefined;
    const place = entry?.originalSource && `${fileURLToPath(file)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    return `    at ${place ? String(site).replace(/file:[^)]*/, place) : site}`;
  });
  return [Error.prototype.toString.call(error), ...frames].join('\n');
}

module.exports = class NativeEnvironment {
  constructor({ projectConfig: config }) {
    this.global = globalThis;
    this.moduleMocker = new ModuleMocker(globalThis);
    this.fakeTimers = null; // the old kind
    this.fakeTimersModern = new ModernFakeTimers({ config, global: globalThis });
    this.env = { ...process.env };
    for (const name of ['EVENT_HANDLERS', 'TEST_TIMEOUT_SYMBOL', 'RETRY_TIMES']) delete globalThis[Symbol.for(name)]; // what Jest kept of the file before
  }

  getVmContext() {
    return null;
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  async setup() {
    Error.prepareStackTrace = stack;
  }

  async teardown() {
    this.moduleMocker.restoreAllMocks();
    this.fakeTimersModern.dispose();
    globalThis.console = real.console;
    process.exit = real.exit;
    for (const name of Object.keys(process.env)) if (!(name in this.env)) delete process.env[name];
    Object.assign(process.env, this.env);
  }
};
