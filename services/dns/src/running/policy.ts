/** Failed tries of a part or a step before a person is asked. */
export const TRIES = 6;
