import type { Plugin } from 'vite';

/** One rem where nobody asked for another size, px: `html` in index.css. */
const REM = 14;

/** Text sizes, and how wide a page gets, in rem: so that they follow the size of text that somebody set in their browser, and grow on very large screens. Pure. */
export const scalable = (css: string): string =>
  css.replaceAll(/([{;])(font-size|max-width):\s*(\d+(?:\.\d+)?)px/g, (whole, before: string, property: string, px: string) => (property === 'max-width' && Number(px) < 1_000 ? whole : `${before}${property}:${Number((Number(px) / REM).toFixed(4))}rem`));

/** Classes like `text-[13px]` say how large text is on a usual screen; what is delivered scales. */
export const scalableText = (): Plugin => ({
  name: 'xanthus-scalable-text',
  apply: 'build',
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) if (file.type === 'asset' && file.fileName.endsWith('.css')) file.source = scalable(String(file.source));
  },
});
