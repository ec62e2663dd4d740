import type { IncomingMessage } from 'node:http';

/**
 * Does a page of this very origin ask, or the person themself by going there? Pages of other open ports are of the same site, so that cookies come along: what they send is
 * refused here. What is no browser says neither.
 */
export const isOwnPage = ({ method, headers, rawHeaders }: Pick<IncomingMessage, 'method' | 'headers' | 'rawHeaders'>, origin: string): boolean => {
  const upgrade = headers.upgrade !== undefined;
  const site = headers['sec-fetch-site'];
  const from = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'origin').length > 1 ? 'several' : headers.origin;
  if (upgrade) return (from === undefined || from === origin) && (site === undefined || site === 'same-origin' || site === 'none');
  if (site === undefined) return from === undefined || from === origin;
  if (site === 'same-origin' || site === 'none') return true;
  // A link from elsewhere is followed; a form from elsewhere is not sent, and nothing is drawn into another page.
  return (method === 'GET' || method === 'HEAD') && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
};
