#!/usr/bin/env bash
# Sets a server up for Xanthus: packages, time zone, K3s, Helm, Traefik; says where it is in /opt/xanthus/status.
#
#   setup.sh start    runs detached, in a process group of its own; one run at a time
#   setup.sh run      runs here
#
# Beside it lie: settings (name=value, read and checked, never sourced), setup.log, status, info.txt, pid.
# status is one line: INSTALLING INSTALLING_K3S WAITING_K3S INSTALLING_HELM WAITING_TRAEFIK VERIFYING CONFIGURING_TLS READY
# or FAILED <step> <CODE> <text>. Every step looks first what is there, so that a run may be repeated after whatever ended the last one.
set -Eeuo pipefail
umask 022
export LC_ALL=C DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
export PATH="${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}:/usr/local/bin:/usr/sbin:/sbin"

readonly HOME_FOLDER=/opt/xanthus
readonly STATUS=$HOME_FOLDER/status LOG=$HOME_FOLDER/setup.log INFO=$HOME_FOLDER/info.txt
readonly SETTINGS=$HOME_FOLDER/settings PID_FILE=$HOME_FOLDER/pid LOCK=$HOME_FOLDER/lock RESERVE=$HOME_FOLDER/reserve
# Exit status of a run that found another, and the most bytes of log that a new one goes on with
readonly LOCKED=75 MAX_LOG=5000000
readonly KUBECONFIG_FILE=/etc/rancher/k3s/k3s.yaml
export KUBECONFIG=$KUBECONFIG_FILE

# What the file settings may say otherwise, by these names in small letters
TIME_ZONE=''
DOMAIN=''
K3S_VERSION=''
K3S_INSTALLER_SHA256=''
HELM_VERSION=''
HELM_SHA256=''
MANAGE_SSH=no
KEEP_K3S=yes
UPGRADE=no
MADE_AT=0
MIN_MEMORY_KIB=800000
MIN_DISK_KIB=2000000
APT_TIMEOUT=300
K3S_TIMEOUT=300
TRAEFIK_TIMEOUT=300
SHORT_TIMEOUT=60
POLL=5

STEP=prepare
TOLD=no

say() { printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*"; }

# Atomic where there is room, else 1: on a full disk the reserve is given up, so that a failure is always told.
write_status() {
  if { printf '%s\n' "$1" >"$STATUS.new" && mv -f "$STATUS.new" "$STATUS"; } 2>/dev/null; then return 0; fi
  rm -f "$RESERVE" "$STATUS.new"
  printf '%s\n' "$1" >"$STATUS" || true
  return 1
}

word() {
  STEP=$2
  write_status "$1" || fail DISK_FULL 'nothing can be written'
  say "== $1"
}

# Ends the run: a code of setup-status.ts, then words
fail() {
  local code=$1 text
  shift
  text=$*
  trap - ERR EXIT
  TOLD=yes
  write_status "FAILED $STEP $code ${text:0:200}" || true
  say "FAILED $STEP $code $text"
  exit 1
}

on_error() {
  local code=$1 line=$2
  if full "$HOME_FOLDER" 16384; then fail DISK_FULL "less than 16 MiB are free"; fi
  fail UNEXPECTED "line $line ended with $code"
}

on_exit() {
  local code=$?
  [ "$TOLD" = yes ] || [ "$code" = 0 ] || fail UNEXPECTED "ended with $code"
}

# full FOLDER KIB: fewer than so many KiB are free there
full() {
  local free
  free=$(df -Pk "$1" 2>/dev/null | awk 'NR == 2 { print $4 }') || return 1
  [ -n "$free" ] && [ "$free" -lt "$2" ]
}

# setting VARIABLE PATTERN: takes the value of the line variable=… (in small letters); what does not fit the pattern ends the run
setting() {
  local name=${1,,} value=${!1} found
  found=$(grep -m 1 "^$name=" "$SETTINGS" 2>/dev/null || true)
  [ -z "$found" ] || value=${found#*=}
  [[ $value =~ ^$2$ ]] || fail BAD_SETTINGS "$name"
  printf -v "$1" '%s' "$value"
  readonly "${1?}"
}

# until_true SECONDS COMMAND…: every POLL seconds; 1 when the time is up
until_true() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep "$POLL"
  done
}

fetch() { curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 --retry 3 --retry-delay 2 --retry-connrefused --connect-timeout 15 --max-time 600 --output "$2" "$1"; }

# download URL FILE WHAT
download() {
  local code=0
  rm -f "$2"
  fetch "$1" "$2" || code=$?
  if [ "$code" != 0 ]; then
    if full "$(dirname "$2")" 65536; then fail DISK_FULL "while $3 was downloaded"; fi
    # curl: 5 and 6 no name, 7 no connection, 28 no answer
    case $code in
      5 | 6 | 7 | 28) fail NO_NETWORK "$3 from $1" ;;
      *) fail DOWNLOAD "$3 from $1" ;;
    esac
  fi
  [ -s "$2" ] || fail DOWNLOAD "$3 from $1 is empty"
}

# ---------------------------------------------------------------- prepare

check_machine() {
  [ "$(id -u)" = 0 ] || fail NOT_ROOT "user $(id -un)"
  case $(uname -m) in
    x86_64 | amd64) ARCH=amd64 ;;
    aarch64 | arm64) ARCH=arm64 ;;
    *) fail ARCHITECTURE "$(uname -m)" ;;
  esac
  local id='' version=''
  if [ -r /etc/os-release ]; then
    id=$(. /etc/os-release && printf '%s' "${ID:-}")
    version=$(. /etc/os-release && printf '%s' "${VERSION_ID:-0}")
  fi
  case $id in
    ubuntu) [ "${version%%.*}" -ge 20 ] 2>/dev/null || fail UNKNOWN_OS "$id $version" ;;
    debian) [ -z "$version" ] || [ "${version%%.*}" -ge 11 ] 2>/dev/null || fail UNKNOWN_OS "$id $version" ;;
    *) fail UNKNOWN_OS "${id:-no /etc/os-release} $version" ;;
  esac
  local kib
  kib=$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)
  [ "$kib" -ge "$MIN_MEMORY_KIB" ] || fail MEMORY "$((kib / 1024)) MiB"
  if full / "$MIN_DISK_KIB"; then fail DISK_FULL "fewer than $((MIN_DISK_KIB / 1024)) MiB are free"; fi
}

# A clock that is hours off makes every certificate invalid. Servers tell the time in their answers; where none does, what is here was made before now.
clock_is_right() {
  local now told
  now=$(date +%s)
  told=$(curl --silent --head --max-time 15 http://get.k3s.io 2>/dev/null | tr -d '\r' | awk 'tolower($1) == "date:" && !seen++ { sub(/^[^:]*: */, ""); print }') || told=''
  [ -z "$told" ] || told=$(date -d "$told" +%s 2>/dev/null) || told=''
  if [ -z "$told" ]; then
    [ $((now + 300)) -ge "$MADE_AT" ]
  else
    [ $((now > told ? now - told : told - now)) -le 300 ]
  fi
}

set_clock() {
  if clock_is_right; then return 0; fi
  say 'the clock is wrong; switching on time synchronisation'
  timedatectl set-ntp true || true
  systemctl restart systemd-timesyncd || systemctl restart chrony || true
  until_true "$SHORT_TIMEOUT" clock_is_right || fail CLOCK_SKEW "it says $(date -u +%Y-%m-%dT%H:%M:%SZ)"
}

set_time_zone() {
  [ -n "$TIME_ZONE" ] || return 0
  timedatectl set-timezone "$TIME_ZONE" || ln -sfn "/usr/share/zoneinfo/$TIME_ZONE" /etc/localtime
}

# What cloud-init wrote for sshd counts only when sshd has read it. Ubuntu listens by ssh.socket, which takes the port from a generator.
restart_ssh() {
  [ "$MANAGE_SSH" = yes ] || return 0
  # Not there before its first connection where a socket starts it, and the check wants it
  mkdir -p /run/sshd
  chmod 755 /run/sshd
  ! command -v sshd >/dev/null || sshd -t || fail BAD_SETTINGS 'sshd does not accept its configuration'
  systemctl daemon-reload || true
  if systemctl is-active --quiet ssh.socket; then
    # A socket is not started again while its service runs; connections that are open stay.
    systemctl stop ssh.service || true
    systemctl restart ssh.socket || systemctl restart ssh || say 'sshd was not started again'
  else
    systemctl reload-or-restart ssh || systemctl reload-or-restart sshd || say 'sshd was not reloaded'
  fi
}

# Images of some providers come with rules that let nothing but SSH in.
open_firewall() {
  local rules=/etc/iptables/rules.v4 port
  [ -f "$rules" ] || return 0
  command -v iptables >/dev/null || return 0
  for port in 80 443 6443 10250; do
    iptables -C INPUT -p tcp --dport "$port" -j ACCEPT 2>/dev/null || iptables -I INPUT 1 -p tcp --dport "$port" -j ACCEPT
  done
  iptables -C INPUT -p udp --dport 8472 -j ACCEPT 2>/dev/null || iptables -I INPUT 1 -p udp --dport 8472 -j ACCEPT
  iptables -C INPUT -s 10.42.0.0/15 -j ACCEPT 2>/dev/null || iptables -I INPUT 1 -s 10.42.0.0/15 -j ACCEPT
  iptables -C FORWARD -s 10.42.0.0/15 -j ACCEPT 2>/dev/null || iptables -I FORWARD 1 -s 10.42.0.0/15 -j ACCEPT
  iptables -C FORWARD -d 10.42.0.0/15 -j ACCEPT 2>/dev/null || iptables -I FORWARD 1 -d 10.42.0.0/15 -j ACCEPT
  iptables-save >"$rules.new" && mv -f "$rules.new" "$rules"
}

# apt waits for its locks by itself; its last words tell why it gave up.
apt() {
  local out=$HOME_FOLDER/apt.out code=0
  apt-get -q -y -o DPkg::Lock::Timeout="$APT_TIMEOUT" -o Acquire::Retries=3 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" >"$out" 2>&1 || code=$?
  cat "$out"
  [ "$code" != 0 ] || return 0
  if grep -q 'No space left on device' "$out"; then fail DISK_FULL 'while packages were installed'; fi
  if grep -qE 'Could not get lock|is another process using it' "$out"; then fail APT_LOCKED "for $APT_TIMEOUT s"; fi
  if grep -qE 'Temporary failure resolving|Could not resolve|Network is unreachable|Could not connect|Connection timed out' "$out"; then fail NO_NETWORK "$(grep -m 1 -oE "Temporary failure resolving '[^']*'|Could not [a-z]+ [^ ]*|Network is unreachable|Connection timed out" "$out" || true)"; fi
  fail APT_FAILED "$(awk '/^E:/ { last = $0 } END { print last }' "$out")"
}

# The lists are only fetched when something is missing; an unpacked but not configured package of an interrupted run is finished first.
install_packages() {
  local missing=() name
  until_true "$APT_TIMEOUT" lists_are_free || fail APT_LOCKED "for $APT_TIMEOUT s"
  dpkg --configure -a || true
  for name in curl ca-certificates iptables tar gzip; do
    dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || missing+=("$name")
  done
  if [ "${#missing[@]}" -gt 0 ] || [ "$UPGRADE" = yes ]; then apt update; fi
  [ "${#missing[@]}" -eq 0 ] || apt install --no-install-recommends "${missing[@]}"
  if [ "$UPGRADE" = yes ]; then apt upgrade; fi
}

# apt-get update takes a lock for which no time-out counts
lists_are_free() {
  [ -e /var/lib/apt/lists/lock ] || return 0
  command -v fuser >/dev/null || return 0
  ! fuser /var/lib/apt/lists/lock
}

prepare() {
  restart_ssh
  check_machine
  set_time_zone
  open_firewall
  install_packages
  set_clock
}

# ---------------------------------------------------------------- k3s

# What a program says of itself is read to its end: one that is cut short fails by SIGPIPE.
k3s_version() { k3s --version 2>/dev/null | awk 'NR == 1 { print $3 }'; }
helm_version() { helm version --short 2>/dev/null | awk 'NR == 1 { print $1 }'; }

k3s_is_installed() { command -v k3s >/dev/null && [ "$(k3s_version)" = "$K3S_VERSION" ]; }
k3s_is_there() { command -v k3s >/dev/null && systemctl is-enabled --quiet k3s; }

install_k3s() {
  word INSTALLING_K3S k3s
  if k3s_is_installed && k3s_is_there; then
    say "k3s $K3S_VERSION is installed"
  elif k3s_is_there && [ "$KEEP_K3S" = yes ]; then
    say "another k3s is installed and stays: $(k3s_version)"
  else
    local installer=$HOME_FOLDER/k3s-install.sh
    download "https://get.k3s.io" "$installer" 'the installer of K3s'
    head -c 2 "$installer" | grep -qF '#!' || fail CHECKSUM 'the installer of K3s is no script'
    if [ -n "$K3S_INSTALLER_SHA256" ]; then
      printf '%s  %s\n' "$K3S_INSTALLER_SHA256" "$installer" | sha256sum --check --quiet || fail CHECKSUM 'the installer of K3s'
    fi
    # It downloads this version and compares the program with the checksums of the release.
    local out=$HOME_FOLDER/k3s.out code=0
    INSTALL_K3S_VERSION=$K3S_VERSION INSTALL_K3S_EXEC="server --write-kubeconfig-mode 600" sh "$installer" >"$out" 2>&1 || code=$?
    cat "$out"
    if [ "$code" != 0 ]; then
      if full / 65536; then fail DISK_FULL 'while K3s was installed'; fi
      if grep -qi 'sha256 does not match' "$out"; then fail CHECKSUM 'the program k3s'; fi
      if grep -qi 'download failed' "$out"; then fail DOWNLOAD "K3s $K3S_VERSION"; fi
      fail K3S_INSTALL "the installer ended with $code"
    fi
  fi
  word WAITING_K3S k3s
  systemctl is-active --quiet k3s || systemctl start k3s || true
  local deadline=$((SECONDS + K3S_TIMEOUT))
  until_true "$K3S_TIMEOUT" systemctl is-active --quiet k3s || fail K3S_NOT_ACTIVE "within $K3S_TIMEOUT s"
  until_true $((deadline > SECONDS ? deadline - SECONDS : 1)) node_is_ready || fail NODE_NOT_READY "within $K3S_TIMEOUT s"
  chmod 600 "$KUBECONFIG_FILE"
}

node_is_ready() { k3s kubectl get nodes --no-headers 2>/dev/null | awk '$2 == "Ready" || $2 ~ /^Ready,/ { ready = 1 } END { exit !ready }'; }

# ---------------------------------------------------------------- helm, traefik

helm_is_installed() {
  command -v helm >/dev/null || return 1
  case $(helm_version) in
    "$HELM_VERSION" | "$HELM_VERSION"+*) ;;
    *) return 1 ;;
  esac
}

install_helm() {
  word INSTALLING_HELM helm
  if helm_is_installed; then
    say "helm $HELM_VERSION is installed"
    return 0
  fi
  local name="helm-$HELM_VERSION-linux-$ARCH.tar.gz" folder=$HOME_FOLDER/helm-download sum
  rm -rf "$folder"
  mkdir -p "$folder"
  download "https://get.helm.sh/$name" "$folder/$name" "Helm $HELM_VERSION"
  sum=$HELM_SHA256
  if [ -z "$sum" ]; then
    download "https://get.helm.sh/$name.sha256sum" "$folder/sum" 'the checksum of Helm'
    sum=$(awk 'NR == 1 { print $1 }' "$folder/sum")
  fi
  [[ $sum =~ ^[0-9a-f]{64}$ ]] || fail CHECKSUM 'the checksum of Helm cannot be read'
  printf '%s  %s\n' "$sum" "$folder/$name" | sha256sum --check --quiet || fail CHECKSUM "Helm $HELM_VERSION"
  tar --no-same-owner -xzf "$folder/$name" -C "$folder" || fail HELM_INSTALL 'its archive cannot be unpacked'
  install -m 755 "$folder/linux-$ARCH/helm" /usr/local/bin/helm.new || fail HELM_INSTALL 'the archive holds no helm'
  mv -f /usr/local/bin/helm.new /usr/local/bin/helm
  rm -rf "$folder"
  helm_is_installed || fail HELM_INSTALL 'it does not run'
}

traefik_is_ready() {
  local ready
  ready=$(k3s kubectl --namespace kube-system get deployment traefik --output 'jsonpath={.status.readyReplicas}' 2>/dev/null) || return 1
  [ "${ready:-0}" -ge 1 ] 2>/dev/null
}

wait_for_traefik() {
  word WAITING_TRAEFIK traefik
  until_true "$TRAEFIK_TIMEOUT" traefik_is_ready || fail TRAEFIK_NOT_READY "within $TRAEFIK_TIMEOUT s"
}

# ---------------------------------------------------------------- verify, tls, ready

verify() {
  word VERIFYING verify
  until_true "$SHORT_TIMEOUT" node_is_ready || fail VERIFY 'the node is not Ready'
  until_true "$SHORT_TIMEOUT" k3s kubectl --namespace kube-system get pods || fail VERIFY 'the pods cannot be listed'
  until_true "$SHORT_TIMEOUT" helm list --all-namespaces || fail VERIFY 'helm does not reach the cluster'
  local bad
  bad=$(k3s kubectl --namespace kube-system get pods --no-headers 2>/dev/null | awk '$3 !~ /^(Running|Completed|ContainerCreating|Pending)$/ && n++ < 5 { print $1 " is " $3 }') || bad=
  [ -z "$bad" ] || say "warning: $bad"
}

configure_tls() {
  [ -n "$DOMAIN" ] || return 0
  local folder=$HOME_FOLDER/ssl
  word CONFIGURING_TLS tls
  if [ ! -s "$folder/server.crt" ] || [ ! -s "$folder/server.key" ]; then fail TLS "no certificate for $DOMAIN"; fi
  chmod 600 "$folder/server.key"
  k3s kubectl --namespace default create secret tls "$DOMAIN-tls" --cert "$folder/server.crt" --key "$folder/server.key" --dry-run=client --output yaml |
    k3s kubectl apply --filename - || fail TLS "$DOMAIN"
}

finish() {
  grep -q '^KUBECONFIG=' /etc/environment 2>/dev/null || printf 'KUBECONFIG=%s\n' "$KUBECONFIG_FILE" >>/etc/environment
  local k3s helm
  k3s=$(k3s_version) || k3s=unknown
  helm=$(helm_version) || helm=unknown
  {
    printf 'Set up by Xanthus, finished %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
    printf 'hostname: %s\nk3s: %s\nhelm: %s\nkubeconfig: %s (readable by root only)\n' "$(uname -n)" "$k3s" "$helm" "$KUBECONFIG_FILE"
    printf 'log: %s\nstatus: %s\n' "$LOG" "$STATUS"
  } >"$INFO.new"
  mv -f "$INFO.new" "$INFO"
  STEP=ready
  write_status READY || fail DISK_FULL 'nothing can be written'
  TOLD=yes
  say '== READY'
}

read_settings() {
  local name='[A-Za-z0-9._+/-]*' number='[0-9]{1,9}' flag='(yes|no)' sum='([0-9a-f]{64})?'
  setting TIME_ZONE "$name"
  setting DOMAIN '[a-z0-9.-]{0,253}'
  setting K3S_VERSION 'v[0-9]+\.[0-9]+\.[0-9]+\+k3s[0-9]+'
  setting K3S_INSTALLER_SHA256 "$sum"
  setting HELM_VERSION 'v[0-9]+\.[0-9]+\.[0-9]+'
  setting HELM_SHA256 "$sum"
  setting MANAGE_SSH "$flag"
  setting KEEP_K3S "$flag"
  setting UPGRADE "$flag"
  setting MADE_AT '[0-9]{1,12}'
  setting MIN_MEMORY_KIB "$number"
  setting MIN_DISK_KIB "$number"
  setting APT_TIMEOUT "$number"
  setting K3S_TIMEOUT "$number"
  setting TRAEFIK_TIMEOUT "$number"
  setting SHORT_TIMEOUT "$number"
  setting POLL '[0-9]{1,2}(\.[0-9]{1,2})?'
}

run() {
  exec 9>"$LOCK"
  # Another run has it, or what one started that was killed: that one tells how it goes.
  flock -n 9 || { printf 'already running\n'; exit "$LOCKED"; }
  if [ "$(stat -c %s "$LOG" 2>/dev/null || printf 0)" -gt "$MAX_LOG" ]; then : >"$LOG"; fi
  exec >>"$LOG" 2>&1 </dev/null
  trap 'on_error $? $LINENO' ERR
  trap on_exit EXIT
  trap 'fail CANCELLED "by a signal"' TERM INT HUP
  say "run $$"
  word INSTALLING prepare
  # Who this is, by the time it started too: numbers of processes are given again.
  printf '%s %s\n' "$$" "$(started_at $$)" >"$PID_FILE"
  [ -e "$RESERVE" ] || head -c 65536 /dev/zero >"$RESERVE" 2>/dev/null || true
  read_settings
  prepare
  install_k3s
  install_helm
  wait_for_traefik
  verify
  configure_tls
  finish
  rm -f "$PID_FILE"
}

# Clock ticks since the machine started
started_at() { sed 's/.*) //' "/proc/$1/stat" | cut -d ' ' -f 20; }

# Until the run has said who it is, so that whoever looks next finds it
await_start() {
  local pid='' code=0
  for _ in {1..200}; do
    if ! kill -0 "$1" 2>/dev/null; then
      wait "$1" || code=$?
      [ "$code" != "$LOCKED" ]
      return
    fi
    { read -r pid _ <"$PID_FILE"; } 2>/dev/null || true
    [ "$pid" != "$1" ] || return 0
    sleep 0.05
  done
}

case ${1:-run} in
  run) run ;;
  start)
    setsid bash "$0" run </dev/null >/dev/null 2>&1 &
    if await_start $!; then printf 'started\n'; else printf 'already running\n'; fi
    ;;
  *)
    printf 'usage: setup.sh run | start\n' >&2
    exit 2
    ;;
esac
