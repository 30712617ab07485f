#!/bin/sh
# Keepalived's own look at HAProxy, once a second. Exit code 0: nothing to object. Rendered by afpcluster.
#
#   chk_haproxy.sh            the second net: silent while the watcher works, which knows better and sooner;
#                             without it, is HAProxy a living process?
#   chk_haproxy.sh watcher    does the watcher work at all? It writes down the machine's uptime as it looks.
#
# The PID file is written by afpcluster, in the PID namespace in which this script runs. `kill -0` would
# not do: it takes a zombie for alive, and any program that got the same PID later.

pid_file=/run/afpcluster/haproxy.pid
beat_file=/run/afpcluster/health/beat
pause_file=/run/afpcluster/health/pause # an operator wants the VIP to stay

watcher_looked_within() { # hundredths of a second
    read -r beat 2> /dev/null < "$beat_file" || return 1
    case $beat in '' | *[!0-9]*) return 1 ;; esac
    read -r uptime _ < /proc/uptime
    age=$((${uptime%.*} * 100 + 1${uptime#*.} - 100 - beat))
    [ "$age" -ge -100 ] && [ "$age" -le "$1" ]
}

[ "$1" = watcher ] && { watcher_looked_within 300; exit; }
[ -e "$pause_file" ] && exit 0
watcher_looked_within 25 && exit 0

read -r pid < "$pid_file" || exit 1
case $pid in '' | *[!0-9]*) exit 1 ;; esac

# /proc/PID/stat: PID (name) state ...
read -r stat < "/proc/$pid/stat" || exit 1
case $stat in
    "$pid (haproxy) "[ZXxTt]*) exit 1 ;; # a zombie, on its way out, or stopped
    "$pid (haproxy) "*) exit 0 ;;
    *) exit 1 ;; # somebody else's PID by now
esac
