import { createHash } from 'node:crypto';
import { created, invalid, NO_CONTENT, ok, paged, refuse, sorted } from './answer.js';
import { sshKeyDocument } from './documents.js';
import { checkedLabels, selector } from './labels.js';
import { idOf, type Call, type Route } from './route.js';
import { iso, newId, type Labels, type SshKey } from './state.js';

const keyOf = (call: Call): SshKey => call.project.sshKeys.get(idOf(call)) ?? refuse('not_found', 'SSH key not found');

/** MD5 of the key's body, as the API shows it. */
const fingerprintOf = (publicKey: string): string => {
  const [type = '', body = ''] = publicKey.trim().split(/\s+/);
  const bytes = Buffer.from(body, 'base64');
  const inside = bytes.length > 4 ? bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString('latin1') : '';
  if (!/^(?:ssh-(?:ed25519|rsa|dss)|ecdsa-sha2-nistp\d+|sk-[\w@.-]+)$/.test(type) || inside !== type) return invalid([{ name: 'public_key', messages: ['SSH public key is invalid'] }]);
  return (createHash('md5').update(bytes).digest('hex').match(/../g) ?? []).join(':');
};

const freeName = (call: Call, name: string, self?: number): string => {
  if (name === '') return invalid([{ name: 'name', messages: ['Shorter than minimum length 1.'] }]);
  return [...call.project.sshKeys.values()].some(k => k.name === name && k.id !== self) ? refuse('uniqueness_error', 'SSH key not unique', { fields: [{ name: 'name' }] }) : name;
};

export const sshKeyRoutes: readonly Route[] = [
  {
    method: 'get', path: '/ssh_keys', handle: call => {
      const matches = selector(call.query.get('label_selector'));
      const [name, fingerprint] = [call.query.get('name'), call.query.get('fingerprint')];
      const list = [...call.project.sshKeys.values()].filter(k => matches(k.labels) && (name === null || k.name === name) && (fingerprint === null || k.fingerprint === fingerprint));
      return paged('ssh_keys', sorted(list, call.query).map(sshKeyDocument), call.query);
    },
  },
  {
    method: 'post', path: '/ssh_keys', handle: call => {
      const body = call.body as { readonly name: string; readonly public_key: string; readonly labels?: Labels };
      const fingerprint = fingerprintOf(body.public_key);
      const name = freeName(call, body.name);
      if ([...call.project.sshKeys.values()].some(k => k.fingerprint === fingerprint)) return refuse('uniqueness_error', 'SSH key not unique', { fields: [{ name: 'public_key' }] });
      const key: SshKey = { id: newId(call.state), name, fingerprint, public_key: body.public_key.trim(), labels: checkedLabels(body.labels), created: iso(call.state.now()) };
      call.project.sshKeys.set(key.id, key);
      return created({ ssh_key: sshKeyDocument(key) });
    },
  },
  { method: 'get', path: '/ssh_keys/{id}', handle: call => ok({ ssh_key: sshKeyDocument(keyOf(call)) }) },
  {
    method: 'put', path: '/ssh_keys/{id}', handle: call => {
      const key = keyOf(call);
      const body = call.body as { readonly name?: string; readonly labels?: Labels };
      if (body.name !== undefined) key.name = freeName(call, body.name, key.id);
      if (body.labels !== undefined) key.labels = checkedLabels(body.labels);
      return ok({ ssh_key: sshKeyDocument(key) });
    },
  },
  { method: 'delete', path: '/ssh_keys/{id}', handle: call => { call.project.sshKeys.delete(keyOf(call).id); return NO_CONTENT; } },
];
