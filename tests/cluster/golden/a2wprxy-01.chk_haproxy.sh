#!/bin/sh
# Is HAProxy alive? Exit code 0 if so. Keepalived runs this every second as its second net.
# Rendered by afpcluster.
#
# The PID file is written by afpcluster, in the PID namespace in which this script runs. `kill -0` would
# not do: it takes a zombie for alive, and any program that got the same PID later.

pid_file=/run/afpcluster/haproxy.pid

read -r pid < "$pid_file" || exit 1
case $pid in '' | *[!0-9]*) exit 1 ;; esac

# /proc/PID/stat: PID (name) state ...
read -r stat < "/proc/$pid/stat" || exit 1
case $stat in
    "$pid (haproxy) "[ZXx]*) exit 1 ;; # a zombie, or on its way out
    "$pid (haproxy) "*) exit 0 ;;
    *) exit 1 ;; # somebody else's PID by now
esac
