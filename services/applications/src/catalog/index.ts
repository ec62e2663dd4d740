export { portsOf } from './bind-fields.js';
export { checkValues, parseValues, VALUES_BYTES, type ParsedValues, type ValuesProblem } from './check-values.js';
export { hostOf, namespaceOf, releaseNameOf, secretNameOf, SYSTEM_NAMESPACES, tlsSecretOf } from './names.js';
export { needsOf, shortages, type Needs } from './needs.js';
export { parseEntry, type ParsedEntry } from './parse-entry.js';
export { filledName, hasAddress, renderValues, valuesText, type RenderAnswer, type Rendered, type RenderInputs, type RenderProblem } from './render-values.js';
export { makeSecrets, type SecretTools } from './secrets.js';
export { shippedEntries, shippedEntry, type ShippedEntry } from './shipped.js';
export { deepMerge, leaves, pathText, type Branch, type Path, type Tree } from './tree.js';
