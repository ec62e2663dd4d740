#!/bin/sh
# Stand-in for k3s and kubectl: one node that becomes ready, and what the set-up script and the console ask for. It is a sandbox and says so.
. /sandbox/lib/fault
version=@VERSION@
units=/var/lib/sandbox/units
real=no # where there is a real API, it is asked, unless something shall fail
if [ -s /sandbox/kubernetes/kubectl ] && [ -z "$(fault k3s)$(fault traefik)" ]; then real=yes; fi
if [ "$(basename "$0")" = k3s ]; then
  case ${1:-} in
    --version | -v) printf 'k3s version %s (sandbox, pods are simulated)\ngo version go0.0.0\n' "$version"; exit 0 ;;
    kubectl) shift ;;
    *) echo "k3s: a sandbox plays only --version and kubectl" >&2; exit 1 ;;
  esac
fi
if [ $real = yes ]; then
  export KUBECONFIG="${KUBECONFIG:-/etc/rancher/k3s/k3s.yaml}"
  exec /sandbox/kubernetes/kubectl "$@"
fi
output='' namespace=default filter='' dry=no words=''
while [ $# -gt 0 ]; do
  case $1 in
    -o | --output) output=$2; shift ;;
    --output=*) output=${1#*=} ;;
    -o*) output=${1#-o} ;;
    -n | --namespace) namespace=$2; shift ;;
    --namespace=*) namespace=${1#*=} ;;
    -f | --filename) filter=$2; shift ;;
    --dry-run*) dry=yes ;;
    --cert | --key | --kubeconfig | --field-manager | --request-timeout | -l | --selector) shift ;;
    --cert=* | --key=* | -*) ;;
    *) words="$words $1" ;;
  esac
  shift
done
if [ ! -e "$units/k3s.active" ]; then
  echo 'The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?' >&2
  exit 1
fi
age=$(($(date +%s) - $(cat "$units/k3s.active")))
node=Ready
[ "$(fault k3s)" != never-ready ] || node=NotReady
if [ "$(fault k3s)" = slow ] && [ "$age" -lt 2 ]; then node=NotReady; fi
replicas=1
[ "$(fault traefik)" != never-ready ] || replicas=0
name=$(uname -n)
[ "$words $output" != ' version json' ] || words=' version as JSON' # who asks like that is going to use it
case $words in
  ' version as JSON') echo "kubectl version: not played by a sandbox without a Kubernetes: $(cat /sandbox/boot/no-kubernetes 2>/dev/null)" >&2; exit 1 ;;
  ' version'*) printf 'Client Version: %s\nServer Version: %s\n' "$version" "$version" ;;
  ' get nodes'* | ' get node'*)
    case $output in
      json) printf '{"apiVersion":"v1","kind":"List","items":[{"kind":"Node","metadata":{"name":"%s","labels":{"xanthus/sandbox":"true"}},"status":{"nodeInfo":{"kubeletVersion":"%s","osImage":"sandbox"},"conditions":[{"type":"Ready","status":"%s"}]}}]}\n' "$name" "$version" "$([ $node = Ready ] && echo True || echo False)" ;;
      *) printf '%-20s %-9s control-plane   %ss   %s\n' "$name" "$node" "$age" "$version" ;;
    esac ;;
  ' get deployment traefik'* | ' get deployments traefik'*) case $output in jsonpath*) printf '%s' "$([ $replicas = 0 ] || echo $replicas)" ;; *) printf 'traefik   %s/1     1            %s           %ss\n' "$replicas" "$replicas" "$age" ;; esac ;;
  ' get pods'* | ' get pod'*)
    case $output in
      json) printf '{"apiVersion":"v1","kind":"List","items":[{"kind":"Pod","metadata":{"name":"traefik-sandbox","namespace":"kube-system"},"status":{"phase":"Running"}}]}\n' ;;
      *) for pod in coredns local-path-provisioner metrics-server traefik; do printf '%s-sandbox   1/1   Running   0   %ss\n' "$pod" "$age"; done ;;
    esac ;;
  ' create secret tls'*) cat >/dev/null <&- 2>/dev/null; printf 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: %s\n' "$(echo "$words" | cut -d ' ' -f 5)" ;;
  ' apply'*)
    [ "$filter" = - ] || exec <"$filter"
    text=$(cat)
    kind=$(printf '%s\n' "$text" | sed -n 's/^kind: *//p' | head -n 1)
    object=$(printf '%s\n' "$text" | sed -n 's/^  name: *//p' | head -n 1)
    [ -n "$kind" ] || { echo 'error: error validating "STDIN": kind not set' >&2; exit 1; }
    echo "$(echo "$kind" | tr '[:upper:]' '[:lower:]')/$object $([ $dry = yes ] && echo 'serverside-applied (server dry run)' || echo serverside-applied) (sandbox)" ;;
  ' get '*) echo "No resources found in $namespace namespace." >&2 ;;
  ' cluster-info'*) echo 'Kubernetes control plane is running at https://127.0.0.1:6443 (sandbox)' ;;
  *) echo "kubectl$words: not played by a sandbox without a Kubernetes: $(cat /sandbox/boot/no-kubernetes 2>/dev/null)" >&2; exit 1 ;;
esac
