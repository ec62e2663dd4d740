import { request as httpRequest, type Agent, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { Refusal } from '@xanthus/kernel';
import { toApplication, toBrowser, type Toward } from './headers.js';
import { sendPage, type Page } from './page.js';

/** An answer's head may be so large, bytes. */
const HEAD = 64 * 1024;
/** May be sent again when a connection that was kept turns out to be closed: nothing was done. */
const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Why there is no answer, for a person. */
export const failurePage = (error: unknown, { row }: Pick<Toward, 'row'>): Page => {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const title = 'This page cannot be shown';
  if (error instanceof RangeError && code === '') return { status: 400, title, text: error.message };
  if (error instanceof Refusal) {
    const status = code === 'FORWARD.BUSY' || code === 'FORWARD.UNAVAILABLE' || code === 'UNAVAILABLE' ? 503 : code === 'DENIED' || code === 'FORWARD.NOT_SHARED' ? 403 : code === 'FORWARD.OVER' || code === 'FORWARD.NOT_FOUND' ? 410 : 502;
    return { status, title, text: message };
  }
  if (code.startsWith('HPE_')) return { status: 502, title, text: `What listens on port ${row.port} of ${row.server_name} does not speak HTTP.` };
  if (code === 'ERR_UNESCAPED_CHARACTERS' || code === 'ERR_INVALID_CHAR' || code === 'ERR_INVALID_HTTP_TOKEN') return { status: 400, title, text: 'This request cannot be passed on.' };
  return { status: 502, title, text: `Port ${row.port} of ${row.server_name} closed the connection without an answer. Look whether the application still runs.` };
};

export interface Passing { readonly toward: Toward; readonly agent: Agent; /** The client waits for a word before it sends the body. */ readonly expects: boolean }

/**
 * One request to the application and its answer back, both as they come. Heads are never copied as text: what Node's strict parser read is written by Node anew.
 * @returns how to cut it off
 */
export const passOn = (request: IncomingMessage, response: ServerResponse, { toward, agent, expects }: Passing): (() => void) => {
  let upstream: ClientRequest | undefined;
  let over = false;
  const fail = (error: unknown): void => {
    if (over) return;
    over = true;
    request.unpipe();
    if (response.headersSent) response.destroy();
    else sendPage(response, failurePage(error, toward));
  };
  const send = (again: boolean): void => {
    const headers = toApplication(request, toward);
    if (expects) headers.push('Expect', '100-continue');
    // A flat list, which Node takes and its types do not know.
    const sent = upstream = httpRequest({ agent, method: request.method ?? 'GET', path: request.url ?? '/', headers: headers as unknown as Record<string, string>, setHost: false, maxHeaderSize: HEAD, insecureHTTPParser: false });
    sent.on('error', (error) => {
      if (again && sent.reusedSocket && REPEATABLE.has(request.method ?? '') && !over && !response.headersSent) send(false);
      else fail(error);
    });
    sent.on('response', answer => answered(answer));
    if (expects) sent.on('continue', () => {
      if (over) return;
      response.writeContinue();
      request.pipe(sent);
    });
    else request.pipe(sent);
    if (expects) sent.flushHeaders();
  };
  const answered = (answer: IncomingMessage): void => {
    if (over) return void answer.destroy();
    response.sendDate = false;
    try {
      response.writeHead(answer.statusCode ?? 502, toBrowser(answer, toward) as unknown as Record<string, string>);
    } catch (error) {
      answer.destroy();
      return fail(error);
    }
    // At once: who follows events waits for the head.
    response.flushHeaders();
    answer.on('error', fail);
    answer.on('aborted', () => fail(new Error('cut')));
    answer.pipe(response);
  };
  response.on('close', () => {
    over = true;
    upstream?.destroy();
  });
  request.on('error', () => undefined);
  try {
    send(hasNoBody(request));
  } catch (error) {
    fail(error);
  }
  return () => {
    over = true;
    upstream?.destroy();
    response.destroy();
    request.socket.destroy();
  };
};

const hasNoBody = ({ headers }: IncomingMessage): boolean => headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
