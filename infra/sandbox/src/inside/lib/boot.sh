#!/bin/sh
# The first program of a sandbox: does what cloud-init and systemd do at a boot, then waits until the machine is switched off.
# /sandbox/boot holds what the host made of user_data. Ends with 0 (off) or 11 (boot again).
exec 3>&1 >>/var/log/cloud-init-output.log 2>&1 </dev/null
echo "boot $(date -u +%Y-%m-%dT%H:%M:%SZ): this is a sandbox of Xanthus, not a real machine"
rm -f /run/sandbox-power
mkfifo /run/sandbox-power

first_boot() {
  [ ! -s /sandbox/boot/problem ] || echo "user_data: $(cat /sandbox/boot/problem)" | tee -a /var/log/cloud-init.log
  for entry in /sandbox/boot/files/*/; do
    [ -f "$entry/path" ] || continue
    path=$(cat "$entry/path")
    mkdir -p "$(dirname "$path")"
    if [ -e "$entry/append" ]; then cat "$entry/content" >>"$path"; else cat "$entry/content" >"$path"; fi
    chmod "$(cat "$entry/mode")" "$path"
  done
  mkdir -p /var/lib/cloud/instance
  echo "finished" >/var/lib/cloud/instance/boot-finished
}

first=no
if [ ! -e /var/lib/cloud/instance/boot-finished ]; then
  first=yes
  first_boot
fi
# From here on the host lets connections in.
echo up >&3
exec 3>&-
if [ $first = yes ]; then
  sh /sandbox/boot/bootcmd.sh
  (sh /sandbox/boot/runcmd.sh; echo "cloud-init: runcmd ended with $?") &
fi
# What was enabled runs again after a boot.
for unit in /var/lib/sandbox/units/*.enabled; do
  [ -e "$unit" ] && systemctl start "$(basename "$unit" .enabled)"
done

read -r what </run/sandbox-power
echo "power: $what"
[ "$what" != reboot ] || exit 11
