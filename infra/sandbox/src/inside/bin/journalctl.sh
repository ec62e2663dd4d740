#!/bin/sh
# Stand-in: what units said, and for `-f` what they go on to say.
unit='' lines=100 follow=no output=short
while [ $# -gt 0 ]; do
  case $1 in
    -u | --unit) unit=${2%.service}; shift ;;
    --unit=*) unit=${1#*=}; unit=${unit%.service} ;;
    -u*) unit=${1#-u} ;;
    -n | --lines) lines=$2; shift ;;
    --lines=*) lines=${1#*=} ;;
    -n*) lines=${1#-n} ;;
    -f | --follow) follow=yes ;;
    -o | --output) output=$2; shift ;;
    --output=*) output=${1#*=} ;;
    -S | --since | -U | --until | -p | --priority | -t | --identifier) shift ;;
  esac
  shift
done
mkdir -p /var/log/sandbox
file=/var/log/sandbox/${unit:-system}.log
case $file in */../* | *..*) exit 1 ;; esac
[ -e "$file" ] || printf '%s %s sandbox[1]: this is a sandbox of Xanthus: its journal is a stand-in\n' "$(date '+%b %d %H:%M:%S')" "$(uname -n)" >"$file"
case $output in
  json) show() { sed 's/[\\"]/\\&/g; s/^\(.\{15\}\) [^ ]* \([^:[]*\)[^:]*: \(.*\)$/{"SYSLOG_IDENTIFIER":"\2","MESSAGE":"\3"}/'; } ;;
  cat) show() { sed 's/^.\{15\} [^ ]* [^:]*: //'; } ;;
  *) show() { cat; } ;;
esac
if [ $follow = yes ]; then tail -n "$lines" -F "$file" 2>/dev/null | show; else tail -n "$lines" "$file" | show; fi
