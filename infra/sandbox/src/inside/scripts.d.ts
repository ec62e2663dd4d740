/** Scripts are imported as text: bundler, tests and `run.mjs` know the ending. */
declare module '*.sh' {
  const text: string;
  export default text;
}
