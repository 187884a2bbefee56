#!/bin/sh
# Runs inside a build: a venv from a lock file with hashes, with the host's pip settings and CA bundle.
# Usage: pip-install.sh VENV LOCK
set -eu
context=/build/context
if [ -s "$context/pip.conf" ]; then export PIP_CONFIG_FILE="$context/pip.conf"; fi
if [ -s "$context/ca.pem" ]; then export PIP_CERT="$context/ca.pem"; fi
python3 -m venv "$1"
"$1/bin/pip" install --disable-pip-version-check --no-cache-dir --require-hashes --no-deps --only-binary :all: -r "$2"
"$1/bin/pip" uninstall -y pip
