declare module '*.yaml' {
  const text: string;
  export default text;
}
declare module '*.tpl' {
  const text: string;
  export default text;
}
