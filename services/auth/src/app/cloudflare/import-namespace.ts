/** What an older Xanthus left in the KV of a linked account: shown, and its secrets taken over. The namespace is only read. */
import { createHash } from 'node:crypto';
import type { Views } from '@xanthus/jetstream';
import { Refusal, type CommandContext } from '@xanthus/kernel';
import { derivationText, ulidOf, type DataOf, type OutputOf, type ParsedInputOf } from '@xanthus/proto';
import type { importFromCloudflare, ImportOutcome, previewCloudflareImport, secretKind, secretView } from '@xanthus/proto/auth';
import { readImport, type ImportItem, type ImportPreview, type ImportSecrets } from '@xanthus/providers';
import type { Vault } from '@xanthus/vault';
import type Cloudflare from 'cloudflare';
import type { z } from 'zod';
import { refusalOf } from '../../adapters/cloudflare-api.js';
import { cloudflareAccount } from '../../domain/cloudflare-account.js';
import type { Handle } from '../handle.js';
import type { Secrets } from '../secrets.js';
import type { CloudflareAccounts } from './accounts.js';

const VIEW_PATIENCE = 2_000;

export interface ImportDeps {
  readonly accounts: CloudflareAccounts;
  readonly secrets: Secrets;
  readonly handle: Handle;
  readonly views: Views;
  readonly vault: Vault;
  readonly open: (token: string, tenant: string) => Cloudflare;
  readonly pause: (ms: number) => Promise<void>;
}
type Asked = ParsedInputOf<typeof previewCloudflareImport>;

/** As what a value is kept, and under which name; the certificate request has its own place. */
const KEPT_AS = {
  'hetzner-key': { name: 'hetzner', kind: 'hetzner-token', value: (s: ImportSecrets) => s.hetzner_key },
  'oci-token': { name: 'oci', kind: 'oci-token', value: (s: ImportSecrets) => s.oci_token },
} as const satisfies Record<string, { name: string; kind: z.infer<typeof secretKind>; value: (s: ImportSecrets) => string | undefined }>;

export class CloudflareImport {
  constructor(private readonly deps: ImportDeps) {}

  /** @throws Refusal CLOUDFLARE.… */
  async preview(slug: string, account: string, asked: Asked): Promise<OutputOf<typeof previewCloudflareImport>> {
    const { preview } = await this.read(slug, account, asked);
    return { namespace: preview.namespace_id, items: preview.items.map(shown), counts: { ...preview.counts } };
  }

  /** Takes each secret that is not here yet; what is here stays. @throws Refusal CLOUDFLARE.… before anything was taken */
  async take(context: CommandContext, asked: Asked): Promise<OutputOf<typeof importFromCloudflare>> {
    const { accounts, handle, views } = this.deps;
    const { preview, secrets } = await this.read(context.tenant, context.id, asked);
    const kept = (await accounts.linked(context.tenant, context.id)).request?.fingerprint;
    const outcomes: ImportOutcome[] = [];
    for (const item of preview.items.filter(i => i.state === 'importable')) outcomes.push(item.kind === 'certificate-request' ? requestOutcome(item, kept) : await this.takeOne(context, item, secrets));
    const taken = outcomes.flatMap(({ key, kind, outcome, secret }) => (outcome === 'taken' && secret !== undefined ? [{ key, kind, secret }] : []));
    const { id, stream, seq } = await handle(cloudflareAccount, context, { type: 'NoteImport', namespace: preview.namespace_id, taken });
    await views.waitFor(seq, VIEW_PATIENCE);
    return { id, stream, seq, outcomes };
  }

  private async read(slug: string, account: string, { namespace, earlier_token }: Asked): Promise<{ readonly preview: ImportPreview; readonly secrets: ImportSecrets }> {
    const { accounts, open, pause, vault } = this.deps;
    const linked = await accounts.linked(slug, account);
    const token = await vault.getText(slug, linked.secret);
    return readImport(open(token, slug), account, namespace ?? linked.namespace.id, token, { earlierTokens: earlier_token === undefined ? [] : [earlier_token], pause })
      .catch((error: unknown) => { throw refusalOf(error, 'read the namespace'); });
  }

  private async takeOne(context: CommandContext, item: ImportItem, secrets: ImportSecrets): Promise<ImportOutcome> {
    const { key, kind } = item;
    const as = (KEPT_AS as Readonly<Record<string, (typeof KEPT_AS)[keyof typeof KEPT_AS] | undefined>>)[kind];
    const value = as?.value(secrets);
    if (as === undefined || value === undefined) return { key, kind, outcome: 'refused', why: 'Nothing here takes it yet.' };
    const there = (await this.deps.views.list<DataOf<typeof secretView>>(context.tenant, 'secrets')).find(({ value: { data } }) => data.name === as.name)?.value.data;
    if (there !== undefined) {
      const same = there.fingerprint === (await this.deps.vault.fingerprintOf(context.tenant, value));
      return same ? { key, kind, outcome: 'kept', secret: there.id } : { key, kind, outcome: 'refused', secret: there.id, why: taken(as.name) };
    }
    const id = ulidOf(createHash('sha256').update(derivationText(context.tenant, context.command_id, key)).digest());
    try {
      await this.deps.secrets.put({ ...context, id }, { name: as.name, kind: as.kind, value, description: 'From the older Xanthus' });
      return { key, kind, outcome: 'taken', secret: id };
    } catch (error) {
      if (error instanceof Refusal && error.code === 'SECRET.NAME_TAKEN') return { key, kind, outcome: 'refused', why: taken(as.name) };
      throw error;
    }
  }
}

const taken = (name: string): string => `Another secret is kept under the name ${name}. Remove it first, or rotate it to the value from there.`;

/** The request was kept when the account was linked, and never changes. */
const requestOutcome = ({ key, kind, fingerprint }: ImportItem, kept: string | undefined): ImportOutcome =>
  fingerprint === kept
    ? { key, kind, outcome: 'kept' }
    : { key, kind, outcome: 'refused', why: 'Another certificate request is kept for this account, and one is never replaced: its key belongs to every origin certificate. Certificates made with this one keep working where they are installed.' };

const shown = ({ summary, ...item }: ImportItem): OutputOf<typeof previewCloudflareImport>['items'][number] =>
  ({ ...item, summary: Object.fromEntries(Object.entries(summary).map(([name, fact]) => [name, typeof fact === 'object' ? [...fact] : fact])) });
