#!/bin/sh
# Stand-in: keeps the time zone as systemd does; the clock is that of this machine.
verb=
for word in "$@"; do case $word in -*) ;; *) verb=$word; break ;; esac; done
zone=$(readlink /etc/localtime | sed 's#.*/zoneinfo/##')
case $verb in
  set-timezone)
    for word in "$@"; do :; done
    [ -f "/usr/share/zoneinfo/$word" ] || [ ! -d /usr/share/zoneinfo ] || { echo "Failed to set time zone: Invalid or not installed time zone '$word'" >&2; exit 1; }
    ln -sfn "/usr/share/zoneinfo/$word" /etc/localtime
    echo "$word" >/etc/timezone ;;
  set-ntp) mkdir -p /var/lib/sandbox; : >/var/lib/sandbox/ntp ;;
  show) case "$*" in *--value*) echo "${zone:-Etc/UTC}" ;; *) printf 'Timezone=%s\nNTP=yes\nNTPSynchronized=yes\n' "${zone:-Etc/UTC}" ;; esac ;;
  list-timezones) if [ -d /usr/share/zoneinfo ]; then sed -n 's/^[A-Z][^#]*\t[^\t]*\t\([A-Z][A-Za-z_/]*\).*/\1/p' /usr/share/zoneinfo/tzdata.zi 2>/dev/null; fi; echo Etc/UTC ;;
  *) printf '               Local time: %s\n                Time zone: %s\nSystem clock synchronized: yes\n' "$(date)" "${zone:-Etc/UTC}" ;;
esac
