import swc from './swc.config.mjs';

// One configuration for the whole workspace. The kind of a test is in its file name:
//   *.unit.spec.ts  pure, milliseconds     *.int.spec.ts  real servers on free ports     *.e2e.spec.ts  the whole product, a real browser
// Run one kind: npm run jest -- [path] --selectProjects unit
const kind = name => ({
  displayName: name,
  testEnvironment: 'node',
  setupFilesAfterEnv: [`<rootDir>/infra/testing/jest/${name}.mjs`], // its time-out
  extensionsToTreatAsEsm: ['.ts', '.tsx', '.sh', '.tpl', '.yaml'],
  testMatch: [`<rootDir>/{proto,infra,services,gateway,web,bench}/**/*.${name}.spec.{ts,tsx}`],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/', '/.xanthus/'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transformIgnorePatterns: ['/node_modules/'],
  transform: {
    '^.+\\.tsx?$': ['@swc/jest', swc],
    '\\.(sh|tpl|yaml)$': '<rootDir>/infra/testing/jest/text.mjs',
  },
});

/** @type {import('jest').Config} */
export default {
  projects: [kind('unit'), kind('int'), kind('e2e')],
  maxWorkers: 2,
  workerIdleMemoryLimit: '600MB',
};
