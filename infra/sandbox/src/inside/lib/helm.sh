#!/bin/sh
# Stand-in for helm: version and an empty list. It is a sandbox and says so.
. /sandbox/lib/fault
case ${1:-} in
  version) case "$*" in *--short*) echo '@VERSION@+gsandbox' ;; *) echo 'version.BuildInfo{Version:"@VERSION@", GitCommit:"sandbox"}' ;; esac ;;
  list | ls)
    case $(fault helm) in unreachable) echo 'Error: Kubernetes cluster unreachable' >&2; exit 1 ;; list-hangs) sleep 3600 ;; esac
    case "$*" in *json*) echo '[]' ;; *) echo 'NAME	NAMESPACE	REVISION	UPDATED	STATUS	CHART	APP VERSION' ;; esac ;;
  *) echo "Error: helm ${1:-} is not played by a sandbox" >&2; exit 1 ;;
esac
