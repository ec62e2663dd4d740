/**
 * Oracle's Ubuntu refuses everything but SSH on the machine itself, which also cuts pods off from each other (its own security list in front is what decides
 * from outside). The given cloud-config goes along with a hook that takes those two rules away, before anything of ours starts and whatever was loaded before.
 */
const HOOK = `#cloud-boothook
#!/bin/sh
for rules in /etc/iptables/rules.v4 /etc/iptables/rules.v6; do
  [ -f "$rules" ] && sed -i '/^-A \\(INPUT\\|FORWARD\\) -j REJECT/d' "$rules"
done
for chain in INPUT FORWARD; do
  iptables -D "$chain" -j REJECT --reject-with icmp-host-prohibited 2>/dev/null || true
done
`;

const BOUNDARY = '==xanthus==';
const partOf = (type: string, text: string): string => `--${BOUNDARY}\nContent-Type: ${type}; charset="utf-8"\nMIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\n${(Buffer.from(text).toString('base64').match(/.{1,76}/g) ?? []).join('\n')}\n`;

/** In base64, as Oracle takes it. cloud-init reads parts in their order: https://docs.cloud-init.io/en/latest/explanation/format.html */
export const ociUserData = (cloudConfig: string): string => Buffer.from(
  `Content-Type: multipart/mixed; boundary="${BOUNDARY}"\nMIME-Version: 1.0\n\n${partOf('text/cloud-boothook', HOOK)}${partOf('text/cloud-config', cloudConfig)}--${BOUNDARY}--\n`,
).toString('base64');
