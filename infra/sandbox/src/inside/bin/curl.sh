#!/bin/sh
# Stand-in: a sandbox has no network. Knows the addresses that the set-up script asks for; everything else cannot be resolved.
. /sandbox/lib/fault
out='' url='' head=no
while [ $# -gt 0 ]; do
  case $1 in
    -o | --output) out=$2; shift ;;
    --head | -I) head=yes ;;
    --proto | --retry | --retry-delay | --connect-timeout | --max-time | -m | -H | --header) shift ;;
    -*) ;;
    *) url=$1 ;;
  esac
  shift
done
case $(fault curl) in
  no-network) echo "curl: (6) Could not resolve host: $(echo "$url" | cut -d / -f 3)" >&2; exit 6 ;;
  not-found) echo 'curl: (22) The requested URL returned error: 404' >&2; exit 22 ;;
  empty) : >"${out:-/dev/stdout}"; exit 0 ;;
  html) echo '<!doctype html><title>Log in to the network</title>' >"${out:-/dev/stdout}"; exit 0 ;;
  hang) sleep 3600 ;;
esac
if [ "$head" = yes ]; then
  now=$(date +%s)
  case $(fault clock) in
    wrong) [ -e /var/lib/sandbox/ntp ] || now=$((now + 86400)) ;;
    stuck) now=$((now + 86400)) ;;
  esac
  printf 'HTTP/1.1 200 OK\r\nDate: %s\r\n\r\n' "$(LC_ALL=C date -u -d "@$now" '+%a, %d %b %Y %H:%M:%S GMT')"
  exit 0
fi
case $url in
  https://get.k3s.io) cat /sandbox/lib/k3s-install >"${out:-/dev/stdout}" ;;
  https://get.helm.sh/helm-v*.tar.gz.sha256sum)
    name=$(basename "$url" .sha256sum)
    [ "$(fault helm)" = checksum ] && { echo "$(printf '%064d' 0)  $name" >"${out:-/dev/stdout}"; exit 0; }
    echo "$(cut -d ' ' -f 1 "/var/lib/sandbox/$name.sum")  $name" >"${out:-/dev/stdout}" ;;
  https://get.helm.sh/helm-v*.tar.gz)
    [ "$(fault helm)" != hang ] || sleep 3600
    name=$(basename "$url")
    folder=$(echo "$name" | sed 's/^helm-v[0-9.]*-\(.*\)\.tar\.gz$/\1/')
    work=$(mktemp -d)
    mkdir -p "$work/$folder"
    [ "$(fault helm)" = broken ] || sed "s/@VERSION@/$(echo "$name" | sed 's/^helm-\(v[0-9.]*\)-.*/\1/')/" /sandbox/lib/helm >"$work/$folder/helm"
    tar --owner=0 --group=0 --numeric-owner -czf "$work/$name" -C "$work" "$folder"
    mkdir -p /var/lib/sandbox
    sha256sum "$work/$name" >"/var/lib/sandbox/$name.sum"
    cat "$work/$name" >"${out:-/dev/stdout}"
    rm -rf "$work" ;;
  *) echo "curl: (6) Could not resolve host: $(echo "$url" | cut -d / -f 3) (a sandbox has no network)" >&2; exit 6 ;;
esac
