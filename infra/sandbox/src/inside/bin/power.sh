#!/bin/sh
# Stand-in for poweroff, reboot, shutdown and halt.
case "$(basename "$0") $*" in reboot* | *' -r'*) echo reboot >/run/sandbox-power ;; *) echo off >/run/sandbox-power ;; esac
