#!/bin/sh
# Runs inside a build: apt-get install with the host's mirror, apt settings and CA bundle, leaving none of them behind.
# Usage: apt-install.sh SUITE PACKAGE…
set -eu
suite=$1
shift
context=/build/context
if [ -s "$context/mirror" ]; then
  rm -f /etc/apt/sources.list.d/* /etc/apt/sources.list
  echo "deb $(cat "$context/mirror") $suite main" >/etc/apt/sources.list
fi
apt() {
  # The machine's clock may be ahead of the mirror's Release file.
  DEBIAN_FRONTEND=noninteractive APT_CONFIG=/tmp/apt.conf apt-get -o Acquire::Check-Valid-Until=false -o Acquire::Check-Date=false \
    -o Acquire::Languages=none -o Acquire::Retries=3 "$@"
}
cp "$context/apt.conf" /tmp/apt.conf
if [ -s "$context/ca.pem" ]; then
  echo "Acquire::https::CaInfo \"$context/ca.pem\";" >>/tmp/apt.conf
fi
apt update
apt install -y --no-install-recommends "$@"
rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb /tmp/apt.conf
