/** A drawing that can be shown anywhere: shapes and colours only. It is untrusted, and other people's browsers draw it. */
const ELEMENTS: ReadonlySet<string> = new Set(['svg', 'g', 'path', 'circle', 'ellipse', 'rect', 'line', 'polyline', 'polygon', 'title']);
const ATTRIBUTES: ReadonlySet<string> = new Set([
  'xmlns', 'viewBox', 'width', 'height', 'd', 'cx', 'cy', 'r', 'rx', 'ry', 'x', 'y', 'x1', 'y1', 'x2', 'y2', 'points', 'fill', 'stroke', 'stroke-width', 'stroke-linecap', 'stroke-linejoin', 'fill-rule', 'clip-rule', 'fill-opacity',
  'stroke-opacity', 'opacity', 'transform',
]);
const TAG = /^<(\/?)([A-Za-z]+)((?:\s+[A-Za-z0-9-]+="[^"<>&]*")*)\s*(\/?)>/;

/** Why an icon is not taken; undefined: it is. */
export const iconProblem = (svg: string): string | undefined => {
  const open: string[] = [];
  let rest = svg.trim();
  let first = true;
  while (rest !== '') {
    const text = /^[^<]+/.exec(rest)?.[0];
    if (text !== undefined) {
      if (text.includes('&') || (text.trim() !== '' && open.at(-1) !== 'title')) return 'Text stands in an icon only inside of <title>, without "&".';
      rest = rest.slice(text.length);
      continue;
    }
    const [whole, closing, name = '', attributes = '', empty] = TAG.exec(rest) ?? [];
    if (whole === undefined) return `An icon has elements with attributes in double quotes only; this is none: ${rest.slice(0, 40)}`;
    if (first !== (name === 'svg' && closing === '' && open.length === 0)) return 'An icon is one <svg> element.';
    first = false;
    if (!ELEMENTS.has(name)) return `The element <${name}> is not taken in an icon; shapes, groups and a title are.`;
    if (closing !== '') {
      if (open.pop() !== name || attributes !== '') return `</${name}> closes nothing.`;
    } else {
      for (const [, attribute = '', value = ''] of attributes.matchAll(/([A-Za-z0-9-]+)="([^"]*)"/g)) {
        if (!ATTRIBUTES.has(attribute)) return `The attribute ${attribute} is not taken in an icon.`;
        if (/url\s*\(|:/i.test(value) && attribute !== 'xmlns') return `The attribute ${attribute} refers to something else; an icon stands by itself.`;
        if (attribute === 'xmlns' && value !== 'http://www.w3.org/2000/svg') return 'xmlns is http://www.w3.org/2000/svg.';
      }
      if (empty === '') open.push(name);
    }
    rest = rest.slice(whole.length);
    if (open.length === 0 && rest.trim() !== '') return 'An icon is one <svg> element.';
  }
  if (open.length > 0) return `<${open.at(-1) ?? ''}> is not closed.`;
  return !first && /^<svg[^>]*\sxmlns="/.test(svg.trim()) && /^<svg[^>]*\sviewBox="/.test(svg.trim()) ? undefined : 'An icon is an <svg> with xmlns="http://www.w3.org/2000/svg" and a viewBox.';
};
