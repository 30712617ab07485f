#!/bin/sh
# Keepalived calls this at each change of its state: who held the VIP, from when to when, why.
# Rendered by afpcluster, whose `status` reads the journal. Arguments: INSTANCE NAME STATE PRIORITY.

journal=/usr/local/docker/keepalived/vip.jsonl
case "$2" in
    afpcluster) vip=10.79.79.100 leaving=/run/afpcluster/health/leaving-79 ;;
esac

why=
if [ "$3" = FAULT ]; then
    read -r why 2> /dev/null < /run/afpcluster/health/why
    [ "$why" ] || ! grep -qs 1 "$leaving" || why="an operator moves the VIP"
    why=${why:-chk_haproxy.sh or the network says so}
fi

printf '{"time": "%s", "host": "%s", "vip": "%s", "state": "%s", "priority": %d, "why": "%s"}\n' \
    "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" 'a2wprxy-01' "$vip" "$3" "$4" "$why" >> "$journal"

# A Keepalived that dies again and again must not fill the disk.
if [ "$(stat -c %s "$journal")" -gt 1000000 ]; then
    tail -n 1000 "$journal" > "$journal.new" && mv "$journal.new" "$journal"
fi
