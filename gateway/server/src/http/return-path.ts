/** Letters that a browser might read as a change of host, or that end a header. */
const UNSAFE = /[\\\p{C}]/u;

/** A path of our own console, with query and fragment; anything else is the first page. An address elsewhere would make us a way to send people there. */
export const returnPath = (asked: string | null): string => {
  if (asked === null || asked.length > 1_024 || !asked.startsWith('/') || asked.startsWith('//') || UNSAFE.test(asked)) return '/';
  if (!URL.canParse(asked, 'http://local')) return '/';
  const url = new URL(asked, 'http://local');
  return url.origin !== 'http://local' || url.pathname.startsWith('//') || url.pathname.startsWith('/api/') ? '/' : `${url.pathname}${url.search}${url.hash}`;
};
