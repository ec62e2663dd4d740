/** What is installed on servers, pinned here. The installer compares K3s with the checksums of its release, Helm comes with its own. */
export const K3S_VERSION = 'v1.35.5+k3s1';
export const HELM_VERSION = 'v3.19.0';
