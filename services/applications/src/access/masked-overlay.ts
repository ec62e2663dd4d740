/** What somebody laid over the values, as it is shown and comes back: secrets are masked, and what comes back masked is what it was. Pure. */
import { isPair, isScalar, isSeq, parseDocument, visit } from 'yaml';
import { MASK, type Mask } from '../cluster/mask.js';

/** Where the text cannot be masked so that it stays YAML of the same form, it is shown as the scalars that it has. */
export const maskedOverlay = (overlay: string, mask: Mask): string => {
  if (overlay === '') return '';
  const document = parseDocument(overlay, { logLevel: 'silent' });
  if (document.errors.length > 0) return mask(overlay);
  let hidden = false;
  visit(document, {
    Scalar(_key, node) {
      const shown = typeof node.value === 'string' || typeof node.value === 'number' ? mask(String(node.value)) : undefined;
      if (shown === undefined || shown === String(node.value)) return;
      hidden = true;
      node.value = shown;
      delete node.source;
    },
  });
  // Comments may hold one too.
  return mask(hidden ? document.toString({ lineWidth: 0 }) : overlay);
};

export type Restored = { readonly overlay: string } | { readonly problems: readonly { readonly path: string; readonly message: string }[] };
/** The text as it was meant: each masked value becomes what stood there. One that stood nowhere is told. */
export const unmaskedOverlay = (overlay: string, before: string, mask: Mask): Restored => {
  if (!overlay.includes(MASK)) return { overlay };
  const [document, old] = [parseDocument(overlay, { logLevel: 'silent' }), parseDocument(before, { logLevel: 'silent' })];
  // Whoever reads the values says what is wrong with them.
  if (document.errors.length > 0) return { overlay };
  const problems: { path: string; message: string }[] = [];
  visit(document, {
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string' || !node.value.includes(MASK)) return;
      const path = pathOf(ancestors, node);
      const was = old.errors.length > 0 ? undefined : old.getIn(path);
      if ((typeof was === 'string' || typeof was === 'number') && mask(String(was)) === node.value) {
        node.value = was;
        delete node.source;
      } else {
        problems.push({ path: path.join('.'), message: `${path.join('.')} is masked (${MASK}), and no secret stood there before. Write the value itself.` });
      }
    },
  });
  return problems.length > 0 ? { problems } : { overlay: document.toString({ lineWidth: 0 }) };
};

/** Keys and indexes from the document down to the node. */
const pathOf = (ancestors: readonly unknown[], node: unknown): (string | number)[] => [...ancestors, node].flatMap((one, i, chain) => {
  if (isPair(one)) return isScalar(one.key) ? [one.key.value as string | number] : [];
  const parent = chain[i - 1];
  return isSeq(parent) ? [parent.items.indexOf(one)] : [];
});
