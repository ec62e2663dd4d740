/** Paths as data: cut and joined here, resolved by the host. Pure. */
import { createHash } from 'node:crypto';

export const MOST_NAME_BYTES = 255;
const PART = '.xanthus-part';

/** Of `/`: itself. */
export const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
export const join = (folder: string, name: string): string => (folder === '/' ? `/${name}` : `${folder}/${name}`);
export const isWithin = (folder: string, path: string): boolean => path === folder || folder === '/' || path.startsWith(`${folder}/`);

const cut = (text: string, most: number): string => {
  let [bytes, end] = [0, 0];
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > most) break;
    end += character.length;
  }
  return text.slice(0, end);
};
const beside = (name: string, tag: string, end: string): string => `.${cut(name, MOST_NAME_BYTES - 1 - tag.length - 1 - end.length)}.${tag}${end}`;

/**
 * Where an upload waits until it is whole: hidden, in the same folder. Who goes on must bring the same file: another size, time or person has another
 * one. `modified` undefined: `once` makes it one that is never found again.
 */
export const partName = (name: string, about: { readonly size: number; readonly modified: string | undefined; readonly person: string; readonly once: string }): string =>
  beside(name, createHash('sha256').update(JSON.stringify([name, about.size, about.modified ?? about.once, about.person])).digest('hex').slice(0, 12), PART);
/** Where a text waits for a moment before it takes the place of the old one. */
export const textName = (name: string, once: string): string => beside(name, createHash('sha256').update(once).digest('hex').slice(0, 12), '.xanthus-text');
