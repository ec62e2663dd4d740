// One configuration for the whole workspace. The kind of a test is in its file name:
//   *.unit.spec.ts  pure, milliseconds     *.int.spec.ts  real servers on free ports     *.e2e.spec.ts  the whole product, a real browser
// Run one kind: npm run jest -- [path] --selectProjects unit
// Node itself loads the tests (infra/testing/jest/native-runtime.cjs), with the hooks that run everything else from source: Jest translates nothing.
const kind = name => ({
  displayName: name,
  runtime: '<rootDir>/infra/testing/jest/native-runtime.cjs',
  testEnvironment: '<rootDir>/infra/testing/jest/native-environment.cjs',
  setupFilesAfterEnv: [`<rootDir>/infra/testing/jest/${name}.mjs`], // its time-out
  testMatch: [`<rootDir>/{proto,infra,services,gateway,web,bench}/**/*.${name}.spec.{ts,tsx}`],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/', '/.xanthus/'],
  transform: {},
  fakeTimers: { doNotFake: ['nextTick', 'queueMicrotask'] }, // Node itself needs them here
});

/** @type {import('jest').Config} */
export default {
  testSequencer: '<rootDir>/infra/testing/jest/longest-first.mjs',
  projects: [kind('unit'), kind('int'), kind('e2e')],
  maxWorkers: 2,
  workerIdleMemoryLimit: '800MB',
};
