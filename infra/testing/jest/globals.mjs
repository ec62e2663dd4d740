// What `@jest/globals` is where Node loads the tests: always those of the test file that runs now. Imports are live bindings, so files that
// several test files share (fixtures, features) see them change too.
export let afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest, test;

export function use(globals) {
  ({ afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest, test } = globals);
}
