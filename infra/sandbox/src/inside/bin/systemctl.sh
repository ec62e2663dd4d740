#!/bin/sh
# Stand-in: units are files of /var/lib/sandbox/units. ssh always runs.
. /sandbox/lib/fault
units=/var/lib/sandbox/units
mkdir -p "$units" /var/log/sandbox
quiet=no verb='' names=''
while [ $# -gt 0 ]; do
  case $1 in
    -q | --quiet) quiet=yes ;;
    -p | --property) shift ;;
    -*) ;;
    *) if [ -z "$verb" ]; then verb=$1; else names="$names ${1%.service}"; fi ;;
  esac
  shift
done
active() { case $1 in ssh | sshd | systemd-resolved | systemd-timesyncd | cron) [ ! -e "$units/$1.stopped" ] ;; *) [ -e "$units/$1.active" ] ;; esac; }
log() { printf '%s %s systemd[1]: %s (sandbox)\n' "$(date '+%b %d %H:%M:%S')" "$(uname -n)" "$2" >>"/var/log/sandbox/$1.log"; }
real() { [ "$1" = k3s ] && [ -s /sandbox/kubernetes/kubernetes ] && [ -z "$(fault k3s)$(fault traefik)" ]; }
start() {
  rm -f "$units/$1.stopped"
  ! real "$1" || /sandbox/lib/k3s-server start
  active "$1" && return 0
  [ "$1" != k3s ] || [ "$(fault k3s)" != never-active ] || { log "$1" "Failed to start $1"; return 1; }
  date +%s >"$units/$1.active"
  log "$1" "Started $1"
}
stop() { ! real "$1" || /sandbox/lib/k3s-server stop; rm -f "$units/$1.active"; : >"$units/$1.stopped"; log "$1" "Stopped $1"; }
case $verb in
  is-active) code=3; for name in $names; do if active "$name"; then code=0; state=active; else state=inactive; fi; [ $quiet = yes ] || echo "$state"; done; exit $code ;;
  is-enabled)
    for name in $names; do
      if [ -e "$units/$name.enabled" ] || { [ "$name" != k3s ] && active "$name"; }; then state=enabled; else state=disabled; fi
      [ $quiet = yes ] || echo $state
      [ $state = enabled ] || exit 1
    done ;;
  enable) for name in $names; do : >"$units/$name.enabled"; done ;;
  disable) for name in $names; do rm -f "$units/$name.enabled"; done ;;
  start) for name in $names; do start "$name" || exit 1; done ;;
  restart | try-restart) for name in $names; do stop "$name"; start "$name" || exit 1; done ;;
  reload | reload-or-restart) for name in $names; do active "$name" || start "$name" || exit 1; done ;;
  stop | kill) for name in $names; do stop "$name"; done ;;
  daemon-reload | reset-failed) ;;
  is-system-running) echo running ;;
  show) for name in $names; do if active "$name"; then state=active sub=running; else state=inactive sub=dead; fi; printf 'Id=%s.service\nLoadState=loaded\nActiveState=%s\nSubState=%s\n' "$name" "$state" "$sub"; done ;;
  status) for name in $names; do if active "$name"; then echo "$name.service - active (running), a stand-in of a sandbox"; else echo "$name.service - inactive (dead)"; exit 3; fi; done ;;
  list-units) for name in ssh systemd-resolved; do printf '%s.service loaded active running sandbox\n' "$name"; done; for unit in "$units"/*.active; do [ -e "$unit" ] && printf '%s.service loaded active running sandbox\n' "$(basename "$unit" .active)"; done ;;
  poweroff | halt) echo off >/run/sandbox-power ;;
  reboot) echo reboot >/run/sandbox-power ;;
  *) echo "systemctl $verb: not played by a sandbox" >&2; exit 1 ;;
esac
