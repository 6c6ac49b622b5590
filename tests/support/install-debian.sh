#!/usr/bin/env bash
# Installs what the tests need from Debian: an MQTT broker, Redis, InfluxDB, a browser and fonts,
# strace, with which the journal's flushing to disk is watched, openssl for certificates, and
# docker-compose, which reads the compose file (no Docker engine comes with it); then fetches the jars
# of Apache Kafka, which Debian does not have, and builds Kafka's client for Node.js.
# Safe to run again; does nothing when all is there.
set -euo pipefail

packages=(librdkafka-dev mosquitto redis-server influxdb chromium fonts-noto-cjk fonts-noto-core strace openssl docker-compose)
# Kafka needs any Java from 11 and, once, Maven; wherever they come from.
command -v java >/dev/null || packages+=(default-jre-headless)
command -v mvn >/dev/null || packages+=(maven)

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)

install_packages() {
  local missing=() package attempt log
  for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' \
      || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0

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
      return 0
    fi
    echo "apt-get failed (attempt $attempt)" >&2
    sleep $((attempt * 5))
  done
  tail -n 40 "$log" >&2
  return 1
}

fetch_kafka() {
  local folder attempt log
  folder=$(cd "$(dirname "$0")" && pwd)/kafka
  [ "$folder/target/jars" -nt "$folder/pom.xml" ] && return 0
  log=$(mktemp)
  for attempt in 1 2 3; do
    # Under another name first: what an interrupted run left must not look finished.
    rm -rf "$folder/target"
    if mvn -q -B -f "$folder/pom.xml" dependency:copy-dependencies \
      -Dmdep.outputDirectory="$folder/target/fetched" >"$log" 2>&1; then
      mv "$folder/target/fetched" "$folder/target/jars"
      touch "$folder/target/jars"
      echo "fetched: $(find "$folder/target/jars" -name '*.jar' | wc -l) jars of Kafka"
      return 0
    fi
    echo "mvn failed (attempt $attempt)" >&2
    sleep $((attempt * 5))
  done
  tail -n 40 "$log" >&2
  return 1
}

install_packages
fetch_kafka
# In a fresh clone the packages come later: then it is one command of its own, which CI runs by itself.
cd "$(dirname "$0")/../.."
[ ! -d node_modules/node-rdkafka ] || npm run -s build:kafka
