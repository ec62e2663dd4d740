/** The command line. */
import { parseArgs } from 'node:util';

export interface Arguments {
  readonly url: string;
  /** Program and arguments of the client to be tried instead of a gateway. */
  readonly client?: readonly string[];
  readonly token?: string;
  readonly nats?: string;
  readonly credentials?: string;
  readonly heartbeat: boolean;
  readonly bucket?: string;
  readonly junit?: string;
  readonly only?: string;
  readonly patience?: number;
  readonly list: boolean;
}

export const USAGE = `npm run conformance -- --url ws://127.0.0.1:7700 --token <access token> [--nats nats://127.0.0.1:4222]

npm run conformance -- --client "<command>"

Tries every promise of docs/gateway.md on a running gateway; or, with --client, what a client must do, on that program. Exit code 0: all that was tried holds; 1: something does not, or is not offered; 2: it could not be tried.

  --url <url>            of the gateway, ws(s) or http(s)
  --token <text>         an access token of somebody with an open session
  --nats <url>           NATS behind the gateway: makes persons, streams, keys and answers of its own there. Only for an installation made for the test
  --nats-creds <file>    credentials for it (.creds)
  --heartbeat            nobody else gives auth's sign of life: do it
  --bucket <name>        bucket that rows write keys of their own tenants to (default vps)
  --junit <file>         writes the results as JUnit XML
  --only <text>          rows whose name contains it
  --patience <seconds>   longest time for one row (default 40)
  --list                 names the rows
  --client <command>     the client to try, e.g. "node client.mjs"; its job comes in the environment (docs/gateway.md, "Is it right?"). No other gateway is needed`;

/** @throws a sentence for what does not fit */
export const parseArguments = (argv: readonly string[]): Arguments => {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: {
      url: text, token: text, nats: text, 'nats-creds': text, bucket: text, junit: text, only: text, patience: text, client: text, heartbeat: { type: 'boolean' }, list: { type: 'boolean' },
    },
  });
  const { url = '', patience, list = false } = values;
  const client = values.client === undefined ? undefined : wordsOf(values.client);
  if (client?.length === 0) throw new Error('--client is a command: "node client.mjs"');
  if (!list && client === undefined && !/^(ws|http)s?:\/\/./.test(url)) throw new Error('--url is needed: ws://host:port');
  if (!list && client === undefined && values.token === undefined && values.nats === undefined) throw new Error('--token or --nats is needed: nobody could log in');
  if (patience !== undefined && !(Number(patience) > 0)) throw new Error('--patience is a number of seconds');
  return {
    url, list, ...(client === undefined ? {} : { client }), heartbeat: values.heartbeat ?? false,
    ...(values.token === undefined ? {} : { token: values.token }), ...(values.nats === undefined ? {} : { nats: values.nats }), ...(values['nats-creds'] === undefined ? {} : { credentials: values['nats-creds'] }),
    ...(values.bucket === undefined ? {} : { bucket: values.bucket }), ...(values.junit === undefined ? {} : { junit: values.junit }), ...(values.only === undefined ? {} : { only: values.only }),
    ...(patience === undefined ? {} : { patience: Number(patience) }),
  };
};

/** Words of a command line; quotes hold one together. No shell sees it. */
const wordsOf = (text: string): string[] => [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, plain]) => double ?? single ?? plain ?? '');
