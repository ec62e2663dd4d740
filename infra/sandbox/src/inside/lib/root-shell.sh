#!/bin/sh
# Who logs in as root is user 1000 until here, and 0 in one more user namespace: sshd itself must not believe that it is root.
[ $# -gt 0 ] || set -- -l
if [ -x /bin/bash ]; then exec /usr/bin/unshare --user --map-root-user -- /bin/bash "$@"; fi
exec /usr/bin/unshare --user --map-root-user -- /bin/sh "$@"
