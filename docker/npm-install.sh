#!/bin/sh
# Runs inside a build: what pages load from libraries, each as one file, from a lock file; with the host's npm settings
# and CA bundle. Usage: npm-install.sh FOLDER (with package.json and package-lock.json) TARGET
set -eu
context=/build/context
if [ -s "$context/npmrc" ]; then export NPM_CONFIG_USERCONFIG="$context/npmrc"; fi
if [ -s "$context/ca.pem" ]; then export NODE_EXTRA_CA_CERTS="$context/ca.pem" NPM_CONFIG_CAFILE="$context/ca.pem"; fi
npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund --no-update-notifier
mkdir -p "$2"
"$1/node_modules/.bin/esbuild" "$1/node_modules/jssip" --bundle --minify --format=iife --global-name=JsSIP \
  --legal-comments=eof --log-level=error --outfile="$2/jssip.js"
