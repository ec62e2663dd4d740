#!/bin/sh
# Says that the disk is full when it shall.
. /sandbox/lib/fault
if [ "$(fault disk)" = full ] || [ -e /var/lib/sandbox/disk-is-full ]; then printf 'Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sandbox 20000000 19999000 1000 100%% /\n'; exit 0; fi
exec /usr/bin/df "$@"
