#!/bin/sh
# Plays another processor when it shall.
. /sandbox/lib/fault
if [ "$*" = -m ] && [ -n "$(fault architecture)" ]; then fault architecture; exit 0; fi
exec /usr/bin/uname "$@"
