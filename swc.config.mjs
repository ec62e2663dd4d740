/** How TypeScript is translated where nothing is bundled: in tests and when Node runs a file from source. The bundler has the same decorators. */
export default {
  swcrc: false,
  sourceMaps: 'inline',
  module: { type: 'es6' },
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', tsx: false, decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
    experimental: { keepImportAttributes: true }, // `with { type: 'json' }`
  },
};
