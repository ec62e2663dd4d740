/** Label selectors: `k=v,k!=v,k,!k,k in (a,b),k notin (a,b)`, all of which must hold. */
import { invalid } from './answer.js';
import type { Labels } from './state.js';

const KEY = '(?:[a-z0-9A-Z](?:[a-z0-9A-Z.-]*[a-z0-9A-Z])?/)?[a-z0-9A-Z](?:[a-z0-9A-Z._-]{0,61}[a-z0-9A-Z])?';
const VALUE = '(?:[a-z0-9A-Z](?:[a-z0-9A-Z._-]{0,61}[a-z0-9A-Z])?)?';
const TERM = new RegExp(`^(?:(?<not>!)?(?<has>${KEY})|(?<key>${KEY})\\s*(?<op>==|=|!=)\\s*(?<value>${VALUE})|(?<set>${KEY})\\s+(?<in>in|notin)\\s*\\((?<values>[^()]*)\\))$`);

type Test = (labels: Labels) => boolean;

const term = (text: string): Test => {
  const { not, has, key, op, value, set, in: inside, values } = TERM.exec(text.trim())?.groups ?? {};
  if (has !== undefined) return labels => Object.hasOwn(labels, has) === (not === undefined);
  if (key !== undefined) return labels => (labels[key] === value) === (op !== '!=');
  if (set !== undefined) { const wanted = (values ?? '').split(',').map(v => v.trim()); return labels => (Object.hasOwn(labels, set) && wanted.includes(labels[set] ?? '')) === (inside === 'in'); }
  return invalid([{ name: 'label_selector', messages: ['Invalid label selector.'] }]);
};

export const selector = (text: string | null): Test => {
  if (text === null || text === '') return () => true;
  const tests = text.split(/,(?![^(]*\))/).map(term);
  return labels => tests.every(test => test(labels));
};

const KEY_ALONE = new RegExp(`^${KEY}$`);
/** The document says what a value is; what a key is stands in the prose of the API. */
export const checkedLabels = (labels: Labels | undefined): Labels => {
  const wrong = Object.keys(labels ?? {}).find(key => !KEY_ALONE.test(key) || key.length > 190);
  return wrong === undefined ? { ...labels } : invalid([{ name: 'labels', messages: [`Invalid label key "${wrong.slice(0, 40)}".`] }]);
};
