# Sourced by the scripts of this folder: where things are, how a step is shown, how a run ends with one line.
# shellcheck shell=bash
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=$ROOT/.build
# shellcheck disable=SC2034  # used where this file is sourced
ENGINE_STATE=$BUILD/engine-started

# Ends the run: one line that says what is wrong and what to do.
die() {
  printf 'carillon: %s\n' "$*" >&2
  exit 1
}

say() { printf '%s\n' "$*"; }

# log_file NAME: the path of an empty log. What steps print may hold passwords and keys: only the owner may read it.
log_file() {
  mkdir -p "$BUILD/log"
  chmod 700 "$BUILD/log"
  (umask 077 && : >"$BUILD/log/$1" && chmod 600 "$BUILD/log/$1")
  printf '%s' "$BUILD/log/$1"
}

# step TITLE COMMAND…: a line at the start, the time at the end; the command's output only when it fails (or with V=1).
step() {
  local title=$1 started=$SECONDS log status=0
  shift
  log=$(log_file "$(printf '%s' "$title" | tr -c 'A-Za-z0-9\n' '-' | cut -c1-60).log")
  if [ "${V:-0}" = 1 ] || [ -n "${SIDE_BY_SIDE:-}" ]; then printf '  %s …\n' "$title"; else printf '  %s … ' "$title"; fi
  # Not `"$@" || status=$?`: that would switch errexit off inside a function.
  set +e
  if [ "${V:-0}" = 1 ]; then
    (set -e; "$@") </dev/null 2>&1 | tee "$log"
    status=${PIPESTATUS[0]}
  else
    (set -e; "$@") </dev/null >"$log" 2>&1
    status=$?
  fi
  set -e
  [ -z "${SIDE_BY_SIDE:-}" ] || printf '  %s ' "$title"
  if [ "$status" = 0 ]; then
    printf 'done (%d s)\n' "$((SECONDS - started))"
    return
  fi
  printf 'failed after %d s\n' "$((SECONDS - started))"
  local reason
  reason=$(sed -n 's/^carillon: //p' "$log" | tail -n 1)
  [ -n "$reason" ] || tail -n 20 "$log" | sed 's/^/    /' >&2
  die "${reason:-$title failed; all of its output is in ${log#"$ROOT"/}}"
}

# side_by_side COMMAND…: runs each (one string) at the same time; fails when one does, after the others' end.
side_by_side() {
  local command pid pids=() status=0
  for command in "$@"; do
    SIDE_BY_SIDE=1 bash -c "$command" &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid" || status=1; done
  [ "$status" = 0 ] || exit 1
}

on_debian() { [ -r /etc/os-release ] && [ "$(. /etc/os-release && printf '%s' "${ID:-}")" = debian ]; }
is_root() { [ "$(id -u)" = 0 ]; }

# apt_install PACKAGE…: installs what is missing; says what to do where we may not.
apt_install() {
  local package missing=()
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  command -v apt-get >/dev/null || die "missing: ${missing[*]}; install them with your system's package manager and try again"
  is_root || die "missing: ${missing[*]}; run 'sudo apt-get install ${missing[*]}' and try again"
  step "installing ${missing[*]}" apt_get_install "${missing[@]}"
}

# The lists of packages may be stale or absent: they are fetched only when a first try fails.
apt_get_install() {
  local options=(-y --no-install-recommends -o DPkg::Lock::Timeout=120)
  DEBIAN_FRONTEND=noninteractive apt-get install "${options[@]}" "$@" && return
  apt-get -o Acquire::Check-Valid-Until=false -o DPkg::Lock::Timeout=120 update &&
    DEBIAN_FRONTEND=noninteractive apt-get install "${options[@]}" "$@"
}

# The Debian mirror this machine itself uses: the URIs field (deb822) or a deb line, never a comment. Empty on other systems.
debian_mirror() {
  on_debian || return 0
  local file
  for file in /etc/apt/sources.list.d/*.sources /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -r "$file" ] || continue
    awk '
      /^[[:space:]]*#/ { next }
      tolower($1) == "uris:" { uri = $2 }
      tolower($1) == "suites:" { suites = $0 }
      $1 == "deb" { i = 2; if ($2 ~ /^\[/) { while ($i !~ /\]$/) i++; i++ } if ($(i + 1) !~ /security/ && $0 ~ / main/) print $i }
      /^[[:space:]]*$/ { if (uri != "" && suites !~ /security/ && comps ~ /main/) print uri; uri = suites = comps = "" }
      tolower($1) == "components:" { comps = $0 }
      END { if (uri != "" && suites !~ /security/ && comps ~ /main/) print uri }
    ' "$file"
  done | grep -E '^(http|https|ftp|file|mirror\+)' | head -n 1
}

# A value of an env file; the default where it is not set there. env_value FILE NAME [DEFAULT]
env_value() {
  local line
  line=$(grep -E "^$2=" "$1" 2>/dev/null | tail -n 1 || true)
  line=${line#*=}
  printf '%s' "${line:-${3:-}}"
}
