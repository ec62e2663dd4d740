import type { ServerResponse } from 'node:http';

export interface Page { readonly status: number; readonly title: string; readonly text: string; readonly link?: { readonly href: string; readonly text: string } | undefined }

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;' };
const plain = (text: string): string => text.replaceAll(/[&<>"']/g, c => ESCAPES[c] ?? c);

const STYLE = 'body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem;color:#1a2233;background:#f7f8fa}h1{font-size:1.3rem}a{color:#0b57d0}@media(prefers-color-scheme:dark){body{color:#e6e9ef;background:#14181f}a{color:#8ab4f8}}';

export const pageText = ({ title, text, link }: Page): string => `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${plain(title)}</title><style>${STYLE}</style><h1>${plain(title)}</h1><p>${plain(text)}</p>${link === undefined ? '' : `<p><a href="${plain(link.href)}">${plain(link.text)}</a></p>`}</html>`;
export const PAGE_HEADERS = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' } as const;

/** A page of ours in the place of the application's: readable for a person, and for a program one line. */
export const sendPage = (response: ServerResponse, page: Page, headers: Readonly<Record<string, string>> = {}): void => {
  if (response.headersSent || response.destroyed) return void response.destroy();
  const html = response.req.headers.accept?.includes('text/html') === true;
  const body = html ? pageText(page) : `${page.title} ${page.text}\n`;
  // What the request still sends is not read: the connection ends with it.
  response.writeHead(page.status, { ...PAGE_HEADERS, ...(html ? {} : { 'content-type': 'text/plain; charset=utf-8' }), 'content-length': Buffer.byteLength(body), connection: 'close', ...headers });
  response.end(response.req.method === 'HEAD' ? undefined : body);
};
