#!/bin/sh
# Stand-in: everybody in a sandbox may become its root, which is one more user namespace.
while [ $# -gt 0 ]; do
  case $1 in
    -u | --user | -g | --group) shift ;;
    --) shift; break ;;
    -*) ;;
    *=*) export "${1?}" ;;
    *) break ;;
  esac
  shift
done
[ $# -gt 0 ] || set -- /bin/sh
[ "$(id -u)" != 0 ] || exec "$@"
exec /usr/bin/unshare --user --map-root-user -- "$@"
