#!/bin/sh
# Stand-in: there is no package archive in a sandbox.
. /sandbox/lib/fault
case $(fault apt-get) in
  locked) echo 'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 4711 (unattended-upgr)' >&2; exit 100 ;;
  no-network) echo "W: Failed to fetch http://archive.example/ubuntu  Temporary failure resolving 'archive.example'" >&2; echo 'E: Some index files failed to download.' >&2; exit 100 ;;
  disk-full) echo 'E: Write error - write (28: No space left on device)' >&2; exit 100 ;;
  broken) echo 'E: Unmet dependencies. Try apt --fix-broken install with no packages (or specify a solution).' >&2; exit 100 ;;
  latin1) printf 'Pr\374fung der Abh\344ngigkeiten\n' ;;
  long-line) head -c 10000000 /dev/zero | tr '\0' x; echo ;;
  hang) sleep 3600 ;;
esac
words=
for word in "$@"; do case $word in -*) ;; *::*=* | *::*) ;; *) words="$words $word" ;; esac; done
echo "sandbox: apt-get$words (nothing is fetched)"
mkdir -p /var/lib/sandbox/packages
case $words in
  ' install '*) for name in ${words# install }; do : >"/var/lib/sandbox/packages/$name"; done ;;
esac
