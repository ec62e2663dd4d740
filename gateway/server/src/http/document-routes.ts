import { readFile } from 'node:fs/promises';
import { refuse } from '../protocol/problem.js';
import { text, type HttpAnswer } from './answer.js';
import { GATEWAY_ROUTES, HTTP_ROWS } from '@xanthus/proto';
import type { Route } from './router.js';

/** The contracts as documents, generated from `proto`, and a page that lists them. */
export const documentRoutes = (): Route[] => [
  { method: 'GET', path: '/api/openapi.json', handler: () => generated('openapi.json') },
  { method: 'GET', path: '/api/asyncapi.json', handler: () => generated('asyncapi.json') },
  { method: 'GET', path: '/api/docs', handler: () => text('text/html; charset=utf-8', page()) },
];

const generated = async (name: string): Promise<HttpAnswer> => {
  const file = await findGenerated(name);
  return file === undefined ? refuse('NOT_FOUND', 'This document was not generated.') : text('application/json; charset=utf-8', file);
};

/** In source as in a bundle it lies in `proto/generated` of a folder above. */
const findGenerated = async (name: string): Promise<string | undefined> => {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    const file = await readFile(new URL(`proto/generated/${name}`, folder), 'utf8').catch(() => undefined);
    if (file !== undefined || folder.pathname === '/') return file;
  }
};

const escaped = (value: string): string => value.replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`);

const page = (): string => {
  const rows = [
    ...GATEWAY_ROUTES.map(r => ({ method: r.method as string, path: r.path as string, summary: r.summary as string })),
    ...HTTP_ROWS.map(r => ({ method: r.method as string, path: r.path, summary: r.target.summary })),
  ];
  const lines = rows.map(r => `<tr><td><code>${r.method}</code></td><td><code>${escaped(r.path)}</code></td><td>${escaped(r.summary)}</td></tr>`).join('\n');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Xanthus API</title><meta name="viewport" content="width=device-width">
<style>body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color-scheme:light dark}td{padding:.25rem .75rem .25rem 0;vertical-align:top}</style></head>
<body><h1>Xanthus API</h1>
<p>Machine form: <a href="/api/openapi.json">OpenAPI 3.1</a>, <a href="/api/asyncapi.json">AsyncAPI 3</a>. Answers are in the envelope <code>{"status", "data"}</code>; a refusal has <code>code</code>, <code>message</code> and <code>correlation_id</code>.</p>
<table>${lines}</table></body></html>
`;
};
