#!/bin/sh
# Stand-in for the installer of K3s: puts the stand-in of k3s there and starts its unit.
. /sandbox/lib/fault
case $(fault k3s) in
  checksum) echo '[ERROR]  Download sha256 does not match 0000, got ffff'; exit 1 ;;
  download) echo '[ERROR]  Download failed'; exit 1 ;;
  installer-fails) echo '[ERROR]  Can not find systemd or openrc to use as a process supervisor for k3s'; exit 1 ;;
  disk-full) mkdir -p /var/lib/sandbox; : >/var/lib/sandbox/disk-is-full; echo 'cp: error writing: No space left on device'; exit 1 ;;
  hang) sleep 3600 ;;
esac
echo "[INFO]  Using ${INSTALL_K3S_VERSION:-v0.0.0+k3s1} as release (a stand-in: this is a sandbox)"
mkdir -p /usr/local/bin /etc/rancher/k3s /etc/systemd/system
sed "s/@VERSION@/${INSTALL_K3S_VERSION:-v0.0.0+k3s1}/" /sandbox/lib/k3s >/usr/local/bin/k3s.new
chmod 755 /usr/local/bin/k3s.new
mv /usr/local/bin/k3s.new /usr/local/bin/k3s
ln -sfn k3s /usr/local/bin/kubectl
echo '[INFO]  Creating service file /etc/systemd/system/k3s.service'
printf '[Unit]\nDescription=Lightweight Kubernetes (stand-in of a sandbox)\n' >/etc/systemd/system/k3s.service
[ -s /sandbox/kubernetes/kubernetes ] || (umask 077; printf 'apiVersion: v1\nkind: Config\nclusters:\n- name: default\n  cluster:\n    certificate-authority-data: c2FuZGJveA==\n    server: https://127.0.0.1:6443\ncontexts:\n- name: default\n  context:\n    cluster: default\n    user: default\ncurrent-context: default\nusers:\n- name: default\n  user:\n    client-certificate-data: c2FuZGJveA==\n    client-key-data: c2FuZGJveA==\n' >/etc/rancher/k3s/k3s.yaml)
systemctl enable k3s
systemctl start k3s
echo '[INFO]  systemd: Starting k3s'
