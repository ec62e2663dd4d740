/** Puts the connection, the subscriptions and the requests together. */
import {
  allows, matches, NO_CAPABILITIES, type CapabilityDocument, type CapabilityRequest, type ClientFrame, type CommandContract, type InputOf, type OutputOf, type QueryContract, type ServerFrame,
} from '@xanthus/proto';
import { BucketFeed } from './bucket.js';
import { channelKey, type Channel, type Hub } from './channel.js';
import { DurableFeed } from './durable.js';
import { asError, failure, type XanthusError } from './error.js';
import { Link } from './link.js';
import { until, value } from './observable.js';
import { createRequests } from './requests.js';
import { socketConstructor, socketUrl } from './socket.js';
import { StreamFeed } from './stream.js';
import { SubjectFeed } from './subject.js';
import { httpUrl, uploader } from './upload.js';
import type { AskOptions, Client, ConnectOptions, StreamOptions } from './types.js';

type Routed = { readonly subject?: string; readonly filter?: string; readonly pattern?: string; readonly durable?: string; readonly details?: Routed } | undefined;

/** What makes a subscription of a target one of its own. */
const nameOf = (data: Routed): string | undefined => {
  const pattern = data?.filter ?? data?.pattern;
  return data?.durable === undefined ? pattern : `${pattern ?? '>'} ${data.durable}`;
};

/** Where the frames of each target go. */
const createHub = (send: (frame: ClientFrame) => boolean) => {
  const channels = new Map<string, Channel>();
  const answers = new Map<string, (frame: ServerFrame) => void>();
  let dirty = new Set<Channel>();
  let count = 0;

  const hub: Hub = {
    ask: (frame, answer) => {
      const inbox = `s${++count}`;
      answers.set(inbox, answer);
      const sent = send({ ...frame, inbox });
      if (!sent) answers.delete(inbox);
      return sent;
    },
    // With an inbox, a refusal is the answer to this frame (which nobody waits for), not news about the subscription.
    tell: frame => void send({ ...frame, inbox: 't' }),
    remove: channel => {
      const key = channelKey(channel.target, channel.pattern);
      if (channels.get(key) === channel) channels.delete(key);
    },
    touched: channel => {
      // A socket message is handled in one go, so its changes are shown once, after all of them.
      if (dirty.size === 0) {
        queueMicrotask(() => {
          const now = dirty;
          dirty = new Set();
          for (const one of now) one.flush?.();
        });
      }
      dirty.add(channel);
    },
  };

  const ofTarget = (target: string): Channel[] => [...channels.values()].filter(c => c.target === target);

  return {
    hub,
    channels,
    forget: () => answers.clear(),
    route: (frame: ServerFrame): void => {
      if (frame.inbox !== undefined) {
        const answer = answers.get(frame.inbox);
        answers.delete(frame.inbox);
        answer?.(frame);
        return;
      }
      const data = frame.data as Routed;
      const { target } = frame;
      if (target === undefined) return;
      if (frame.op === 'msg') {
        const exact = channels.get(channelKey(target, nameOf(data) ?? '>'));
        if (exact) exact.message(frame.data);
        else if (!/^(kv|js):/.test(target)) for (const c of channels.values()) if (matches(c.target, target)) c.message({ subject: target, ...(frame.data as object) });
      } else if (frame.op === 'error') {
        const named = nameOf(data) ?? nameOf(data?.details);
        const error = asError(frame.data);
        // An end is told once per subscription; what can be tried again is followed by the close of the connection.
        if (!error.retryable) for (const c of ofTarget(target)) if (named === undefined || c.pattern === named) c.refused(error);
      }
    },
  };
};

/** @throws XanthusError `AUTH_REQUIRED` …: the gateway or the token function says no; `UNAVAILABLE` after `timeout`. @throws TypeError bad url, no WebSocket. */
export const connect = async (options: ConnectOptions): Promise<Client> => {
  options.signal?.throwIfAborted();
  const capabilities = value<CapabilityDocument>(NO_CAPABILITIES);
  const link: Link = new Link(
    { url: socketUrl(options.url), token: options.token, WebSocket: socketConstructor(options.WebSocket), log: options.log },
    {
      up: () => {
        for (const channel of channels.values()) channel.up();
        requests.up();
      },
      frame: frame => { if (!requests.answer(frame)) route(frame); },
      capabilities: document => {
        capabilities.set(document);
        for (const channel of channels.values()) channel.rights();
      },
      down: () => {
        forget();
        for (const channel of channels.values()) channel.down();
      },
      ended: reason => {
        requests.end(reason);
        for (const channel of channels.values()) channel.dispose(reason);
        channels.clear();
      },
    },
  );
  const { hub, channels, route, forget } = createHub(frame => link.send(frame));
  const requests = createRequests(frame => link.send(frame), {
    upload: uploader(httpUrl(socketUrl(options.url)), () => link.token), room: options.queue,
    live: signal => until(link.status, s => s.state === 'live' || s.state === 'closed', signal),
  });

  const can = (request: CapabilityRequest): boolean => allows(capabilities.get(), request);
  const isLive = (): boolean => link.status.get().state === 'live';

  const channel = <C extends Channel>(target: string, pattern: string, make: () => C): C => {
    const key = channelKey(target, pattern);
    const found = channels.get(key) as C | undefined;
    if (found) return found;
    if (link.status.get().state === 'closed') throw failure('UNAVAILABLE', 'The client is closed.', false);
    const made = make();
    channels.set(key, made);
    return made;
  };

  await opened(link, options);
  const hello = link.hello;
  if (!hello) throw failure('INTERNAL', 'The gateway did not introduce itself.', true);

  return {
    tenant: hello.tenant.id,
    user: hello.user,
    connection: { get: link.status.get, subscribe: link.status.subscribe },
    capabilities: { get: capabilities.get, subscribe: capabilities.subscribe },
    can,
    stream: (<P>(name: string, { filter = '>', from, credit, durable, policy = 'reliable' }: StreamOptions & { durable?: string } = {}) =>
      durable === undefined
        ? channel(`js:${name}`, filter, () => new StreamFeed(hub, name, filter, { credit, policy }, options.log)).read<P>(from, isLive(), policy)
        : channel(`js:${name}`, `${filter} ${durable}`, () => new DurableFeed(hub, name, filter, durable, { ...(from === undefined ? {} : { from }), ...(credit === undefined ? {} : { credit }) })).read<P>(isLive())) as Client['stream'],
    bucket: <T>(name: string, { pattern = '>' } = {}) => {
      let made = false;
      const feed = channel(`kv:${name}`, pattern, () => {
        made = true;
        return new BucketFeed(hub, name, pattern, () => can({ what: 'bucket', bucket: name, pattern }));
      });
      const view = feed.view<T>();
      if (made && isLive()) feed.up();
      return view;
    },
    subject: (pattern, fn, how = {}) => {
      let made = false;
      const feed = channel(pattern, '>', () => {
        made = true;
        return new SubjectFeed(hub, pattern, how.policy ?? 'reliable', () => can({ what: 'subject', subject: pattern }));
      });
      const subscription = feed.listen(fn, how);
      if (made && isLive()) feed.up();
      return subscription;
    },
    command: async <C extends CommandContract>(contract: C, input: InputOf<C>, ask: AskOptions = {}) =>
      (await requests.ask(contract, input, ask.tenant ?? hello.tenant.id, ask)) as OutputOf<C>,
    query: async <C extends QueryContract>(contract: C, input: InputOf<C>, ask: AskOptions = {}) =>
      (await requests.ask(contract, input, ask.tenant ?? hello.tenant.id, ask)) as OutputOf<C>,
    reconnectNow: () => link.reconnectNow(),
    close: () => link.close(),
  };
};

/** Starts the connection and waits until it is live for the first time. */
const opened = async (link: Link, { timeout, signal }: ConnectOptions): Promise<void> => {
  const giveUp = (reason: XanthusError): void => link.close(reason);
  const timer = timeout === undefined ? undefined : setTimeout(() => {
    const { reason } = link.status.get();
    giveUp(failure('UNAVAILABLE', `no connection within ${timeout} ms${reason ? `: ${reason.message}` : ''}`, true));
  }, timeout);
  const aborted = (): void => giveUp(failure('UNAVAILABLE', 'The connect was aborted.', false));
  signal?.addEventListener('abort', aborted);
  try {
    link.start();
    const { state, reason } = await until(link.status, s => s.state === 'live' || s.state === 'closed');
    if (state === 'closed') throw failure(reason?.code ?? 'UNAVAILABLE', reason?.message ?? 'The connection was closed.', reason?.retryable ?? false, reason?.details);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', aborted);
  }
};
