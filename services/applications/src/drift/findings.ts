import type { Finding } from '../application/application.js';
import type { Cluster, Limits } from '../cluster/cluster.js';
import { getManifest } from '../cluster/helm.js';
import type { Whose } from '../cluster/inventory.js';
import { maskOf, type Mask } from '../cluster/mask.js';
import { getByManifest, wouldBecome } from '../cluster/objects.js';
import { secretTextsIn } from '../planning/secret-texts.js';
import { manifestObjects } from '../steps/manifest-objects.js';
import { compareObjects } from './compare.js';

/** Where somebody changed the objects of a release by hand. Empty where there is no release: its health tells that. @throws Refusal CLUSTER.… */
export const findingsOf = async (cluster: Cluster, whose: Whose, { mask, scaled }: { readonly mask: Mask; readonly scaled: Readonly<Record<string, number>> }, limits: Limits): Promise<Finding[]> => {
  const manifest = await getManifest(cluster, whose, limits);
  if (manifest === null || manifest.trim() === '') return [];
  const wanted = manifestObjects(manifest, whose.namespace);
  if (wanted.length === 0) return [];
  const [there, would] = await Promise.all([getByManifest(cluster, manifest, whose.namespace, limits), wouldBecome(cluster, manifest, whose.namespace, limits)]);
  // What somebody wrote into the cluster by hand may be a secret that no release knows.
  const byHand = maskOf(secretTextsIn([...there, ...would].filter(o => o.kind !== 'Secret').map(({ metadata: _its, ...rest }) => rest)));
  return compareObjects({ there, would, wanted, scaled, mask: text => byHand(mask(text)) }).slice(0, 200);
};
