#!/usr/bin/env bash
# Installs what the tests need from Debian: an MQTT broker, Redis, InfluxDB, a browser and fonts,
# and strace, with which the journal's flushing to disk is watched.
# Safe to run again; does nothing when all is there. Kafka and node-rdkafka join this list with the
# first test that uses them.
set -euo pipefail

packages=(mosquitto redis-server influxdb chromium fonts-noto-cjk fonts-noto-core strace)

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' \
    || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)

# Tests start servers of their own, so the packages must not start theirs. A policy that somebody
# else set stays as it is.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi

log=$(mktemp)
for attempt in 1 2 3; do
  if "${as_root[@]}" apt-get update -qq >"$log" 2>&1 \
    && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends "${missing[@]}" >>"$log" 2>&1; then
    echo "installed: ${missing[*]}"
    exit 0
  fi
  echo "apt-get failed (attempt $attempt)" >&2
  sleep $((attempt * 5))
done
tail -n 40 "$log" >&2
exit 1
