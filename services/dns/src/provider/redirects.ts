/** www to the apex: a redirect rule where the zone has them, a page rule where not. Ours are known by their mark. */
import type Cloudflare from 'cloudflare';
import { APIError } from 'cloudflare';
import type { DnsProvider, MadeRedirect } from './dns-provider.js';
import { codesOf } from './refusals.js';

const PHASE = 'http_request_dynamic_redirect';
/** Of our rule in the zone's ruleset. */
const REF = 'xanthus_www_to_apex';
const NO_RULESET = 10_003;

/** Some answers have no type in the SDK. */
interface Ruleset { readonly id: string; readonly rules?: readonly { readonly id: string; readonly ref?: string }[] }
type Ask = <T>(doing: string, run: () => PromiseLike<T>) => Promise<T>;

const isMissing = (error: unknown): boolean => error instanceof APIError && (error.status === 404 || codesOf(error).includes(NO_RULESET));
/** The token has no right to rules, or the plan has none left: page rules may do. */
const isBarred = (error: unknown): boolean => error instanceof APIError && (error.status === 403 || codesOf(error).includes(20_026));

export const redirectsOf = (client: Cloudflare, ask: Ask): Pick<DnsProvider, 'findRedirect' | 'makeRedirect' | 'removeRedirect'> => {
  const ruleset = async (zone_id: string): Promise<Ruleset | undefined> => {
    try {
      return (await client.rulesets.phases.get(PHASE, { zone_id })) as Ruleset;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };
  const findRule = async (zone: string): Promise<MadeRedirect | undefined> => {
    const rule = (await ruleset(zone))?.rules?.find(r => r.ref === REF);
    return rule && { kind: 'rule', ref: rule.id };
  };
  const findPageRule = async (zone: string, name: string): Promise<MadeRedirect | undefined> => {
    const rules = (await client.pageRules.list({ zone_id: zone })) as unknown as readonly { id: string; targets: readonly { constraint?: { value?: string } }[]; actions: readonly { id?: string; value?: { url?: string } }[] }[];
    const ours = rules.find(r => r.actions.length === 1 && r.actions[0]?.id === 'forwarding_url' && isOurs(r.targets[0]?.constraint?.value, r.actions[0]?.value?.url, name));
    return ours && { kind: 'page_rule', ref: ours.id };
  };
  const find = async (zone: string, name: string): Promise<MadeRedirect | undefined> => {
    try {
      const rule = await findRule(zone);
      if (rule) return rule;
    } catch (error) {
      if (!isBarred(error)) throw error;
      return findPageRule(zone, name);
    }
    // A token that may not see page rules has made none.
    return findPageRule(zone, name).catch((error: unknown) => { if (isBarred(error)) return undefined; throw error; });
  };
  const makeRule = async (zone_id: string, name: string): Promise<MadeRedirect> => {
    const rule = {
      action: 'redirect' as const, ref: REF, description: 'Xanthus: www to the domain itself', enabled: true, expression: `(http.host eq "www.${name}")`,
      action_parameters: { from_value: { target_url: { expression: `concat("https://${name}", http.request.uri.path)` }, status_code: 301 as const, preserve_query_string: true } },
    };
    const there = await ruleset(zone_id);
    const after = (there ? await client.rulesets.rules.create(there.id, { zone_id, ...rule }) : await client.rulesets.phases.update(PHASE, { zone_id, rules: [rule] })) as Ruleset;
    return { kind: 'rule', ref: after.rules?.find(r => r.ref === REF)?.id ?? '' };
  };
  const makePageRule = async (zone_id: string, name: string): Promise<MadeRedirect> => {
    const made = await client.pageRules.create({
      zone_id, status: 'active', targets: [{ target: 'url', constraint: { operator: 'matches', value: `www.${name}/*` } }], actions: [{ id: 'forwarding_url', value: { url: `https://${name}/$1`, status_code: 301 } }],
    });
    return { kind: 'page_rule', ref: (made as { id: string }).id };
  };
  return {
    findRedirect: (zone, name) => ask('look for redirects', () => find(zone, name)),
    makeRedirect: (zone, name) => ask('make a redirect', async () => {
      const there = await find(zone, name);
      if (there) return there;
      try {
        return await makeRule(zone, name);
      } catch (error) {
        if (isBarred(error)) return makePageRule(zone, name);
        throw error;
      }
    }),
    removeRedirect: (zone, { kind, ref }) => ask('remove a redirect', async () => {
      try {
        if (kind === 'page_rule') await client.pageRules.delete(ref, { zone_id: zone });
        else {
          const there = await ruleset(zone);
          if (there?.rules?.some(r => r.id === ref)) await client.rulesets.rules.delete(ref, { ruleset_id: there.id, zone_id: zone });
        }
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    }),
  };
};

/** Of this very domain: a redirect of a name below it is somebody else's. */
const isOurs = (target: string | undefined, url: string | undefined, name: string): boolean => target === `www.${name}/*` && url === `https://${name}/$1`;
