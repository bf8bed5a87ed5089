#!/usr/bin/env bash
# Sets up what Trainyard is built and tested with, on Debian 12 or newer for x86-64. Safe to run again (what is there is
# kept), safe to interrupt (it goes on where it stopped), safe to run twice at once (one waits).
#
#   scripts/setup.sh           everything: `wasm`, and what `npm test` needs (Chromium, clang-format, clang-tidy)
#   scripts/setup.sh wasm      what `npm start` and `npm run build` need: C++ compilers, CMake, Emscripten, headers
#   scripts/setup.sh headers   xsimd, nlohmann/json and GoogleTest alone: what `cmake --preset native` needs
#
# Debian 12's own Emscripten (3.1.6) and xsimd (8.1) are too old, and its successors' packages would replace the
# system's libc. So both come from a later suite, are unpacked into a private prefix and get that suite's loader and
# libraries there: nothing outside the prefix changes. An em++ of version 4 or newer on the PATH is used as it is.
#
# Environment: TRAINYARD_TOOLCHAIN, the prefix (default: .toolchain in the repository; it cannot be moved later);
# TRAINYARD_SUITE, the Debian suite to take Emscripten from (default forky).
set -euo pipefail

part=${1:-all}
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
prefix=${TRAINYARD_TOOLCHAIN:-$repository/.toolchain}
suite=${TRAINYARD_SUITE:-forky}
apt_root=$prefix/.apt

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { printf 'setup: %s\n' "$@" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }  # at_least WANTED FOUND

case $part in all | wasm | headers) ;; *) fail "unknown part '$part': all, wasm or headers" ;; esac

# --- What this system is -------------------------------------------------------------------------------------------

is_served() {
  [ -r /etc/os-release ] || return 1
  local ID='' VERSION_ID=''
  eval "$(grep -E '^(ID|VERSION_ID)=' /etc/os-release)"
  [ "$ID" = debian ] && at_least 12 "${VERSION_ID:-99}" && [ "$(uname -m)" = x86_64 ] && have apt-get && have dpkg
}

# Says what to install by hand where this script cannot, and stops.
cannot_serve() {
  fail "this system ($(uname -sm)) is not Debian 12 or newer on x86-64, so $1 cannot be installed for you." \
    "Install by hand, then run this again:" \
    "  g++ 12 or newer, CMake 3.25 or newer, Ninja, Python 3.10 or newer, Node 20 or newer" \
    "  Emscripten 4 or newer with em++ on the PATH (emsdk: https://emscripten.org/docs/getting_started/downloads.html)" \
    "  xsimd 13 or newer (headers): set XSIMD_INCLUDE to the folder that holds xsimd/" \
    "  nlohmann/json in /usr/include or /usr/local/include; GoogleTest's sources in /usr/src/googletest" \
    "  for npm test: clang-19 with its sanitizers, clang-format-19, clang-tidy-19 and Chromium on the PATH as 'chromium'"
}

# --- System packages -----------------------------------------------------------------------------------------------

sanitizer_runtime() { [ -e "$(clang++-19 --print-file-name=libclang_rt.asan-x86_64.a 2>/dev/null)" ]; }

# Prints the Debian packages that are missing for a part.
missing_packages() {
  have g++ && at_least 12 "$(g++ -dumpversion)" || echo g++
  have cmake && at_least 3.25 "$(cmake --version | sed -n '1s/[^0-9]*\([0-9.]*\).*/\1/p')" || echo cmake
  have ninja || echo ninja-build
  have python3 || echo python3
  [ "$part" = all ] || return 0
  have chromium || echo chromium
  have clang-format-19 || echo clang-format-19
  have clang-tidy-19 || echo clang-tidy-19
  # The sanitized builds: clang-19 compiles them in half the time that g++ needs.
  have clang++-19 || echo clang-19
  sanitizer_runtime || echo libclang-rt-19-dev
}

install_packages() {
  local packages run=()
  packages=$(missing_packages | tr '\n' ' ')
  [ -n "$packages" ] || return 0
  is_served || cannot_serve "$packages"
  if [ "$(id -u)" != 0 ]; then
    if have sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
      run=(sudo)
    else
      fail "missing: $packages" "As root, run" "  apt-get update && apt-get install -y --no-install-recommends $packages" \
        "and then this again. Everything else needs no root."
    fi
  fi
  say "installing ${run[*]:+with ${run[*]} }$packages"
  local apt=("${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=5)
  "${apt[@]}" update >&2
  "${apt[@]}" -o Dpkg::Use-Pty=0 install -y --no-install-recommends $packages </dev/null >&2
  packages=$(missing_packages | tr '\n' ' ')
  [ -z "$packages" ] || fail "apt-get installed them, yet these are missing or too old on the PATH: $packages"
}

# --- Packages of a later suite, unpacked into the prefix --------------------------------------------------------------

# apt-get with lists, cache and (empty) status of its own.
private_apt() {
  apt-get -q -o Dir::Etc::SourceList="$apt_root/sources.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::State="$apt_root" \
    -o Dir::State::Lists="$apt_root/lists" -o Dir::State::status="$apt_root/status" -o Dir::Cache="$apt_root/cache" \
    -o APT::Sandbox::User= -o Acquire::Retries=5 -o Acquire::Languages=none "$@" </dev/null
}

# The mirror that this system takes its own packages from, also before its first `apt-get update`.
debian_mirror() {
  local release mirror
  for release in "$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)" stable testing; do
    mirror=$(apt-get indextargets --no-release-info --format '$(REPO_URI)' 'Created-By: Packages' "Release: $release" \
      'Component: main' | head -n 1)
    [ -z "$mirror" ] || { echo "$mirror"; return; }
  done
  echo http://deb.debian.org/debian
}

# Fetches packages and what they depend on into $apt_root/cache/archives. apt-get goes on with half a file.
fetch() {
  local keyring=/usr/share/keyrings/debian-archive-keyring.gpg mirror
  [ -r "$keyring" ] || fail "missing: $keyring. As root, run" "  apt-get install -y debian-archive-keyring"
  mirror=$(debian_mirror)
  mkdir -p "$apt_root/lists/partial" "$apt_root/cache/archives/partial"
  : >"$apt_root/status"
  echo "deb [signed-by=$keyring check-valid-until=no] $mirror $suite main" >"$apt_root/sources.list"
  say "reading the package lists of $mirror $suite"
  private_apt update >&2 || fail "the package lists could not be read; run this again"
  say "fetching $*"
  private_apt install -y --download-only --no-install-recommends "$@" 2>&1 |
    awk '/^Get:/ { if (++n % 20 == 0) print "setup:   " n " packages" } /^(Need to get|Fetched|E:|W:|Err)/ { print "setup:   " $0 }' >&2 ||
    fail "the download broke off; run this again to go on with it"
}

# Unpacks the fetched packages whose names match a pattern.
unpack() {
  local deb
  for deb in "$apt_root"/cache/archives/*.deb; do
    [[ ${deb##*/} =~ ^($1)_ ]] || continue
    dpkg -x "$deb" "$prefix" || { rm -f "$deb"; fail "${deb##*/} was broken and is deleted; run this again"; }
  done
}

headers_ready() { [ -e "$prefix/.headers-ready" ]; }

header_packages=(libxsimd-dev nlohmann-json3-dev googletest)

install_headers() {
  headers_ready && return 0
  is_served || cannot_serve "the headers"
  fetch "${header_packages[@]}"
  unpack_headers
  say "headers are in $prefix/include"
}

unpack_headers() {
  unpack 'libxsimd-dev|nlohmann-json3-dev|googletest'
  # Folders that hold these and nothing else: the whole usr/include would shadow Emscripten's own headers.
  mkdir -p "$prefix/include"
  ln -sfn ../usr/include/xsimd "$prefix/include/xsimd"
  ln -sfn ../usr/include/nlohmann "$prefix/include/nlohmann"
  ln -sfn usr/src/googletest/googletest "$prefix/googletest"
  touch "$prefix/.headers-ready"
}

emscripten_on_path() { have em++ && at_least 4 "$(em++ -dumpversion 2>/dev/null || echo 0)"; }
# The stamp names the prefix: moved elsewhere, the programs would not find their loader.
emscripten_ready() { [ "$(cat "$prefix/.emscripten-ready" 2>/dev/null)" = "$prefix" ]; }

install_emscripten() {
  emscripten_on_path && { say "using $(command -v em++), version $(em++ -dumpversion)"; return 0; }
  emscripten_ready && return 0
  is_served || cannot_serve Emscripten
  have node || fail "missing: node 20 or newer (Emscripten runs on it)"
  rm -f "$prefix/.emscripten-ready"
  fetch emscripten patchelf "${header_packages[@]}"
  say "unpacking"
  rm -rf "$prefix/usr" "$prefix/.headers-ready"
  unpack 'emscripten|clang-[0-9]+|libclang.*|libllvm.*|lld-.*|llvm-.*|binaryen|node-acorn|patchelf|libc6|libgcc-s1|libstdc[+][+]6|libxml2.*|libz3.*|libzstd1|zlib1g|libedit2|libffi.*|libtinfo6|libbsd0|libmd0|liblzma5|libicu.*'
  use_own_libraries
  ln -sfn nodejs "$prefix/usr/share/node_modules"  # acorn, where Emscripten's JavaScript optimizer looks for it
  local llvm=("$prefix"/usr/lib/llvm-*)
  rm -f "$prefix/usr/share/emscripten/.emscripten"
  cat >"$prefix/usr/share/emscripten/.emscripten" <<CONFIG
LLVM_ROOT = '$prefix/usr/bin'
BINARYEN_ROOT = '$prefix/usr'
NODE_JS = 'node'
LLVM_ADD_VERSION = CLANG_ADD_VERSION = '${llvm[0]##*-}'
CACHE = '$prefix/cache'
CONFIG
  say "$(env -u EM_CONFIG "$prefix/usr/share/emscripten/em++" --version | head -n 1)"
  unpack_headers
  rm -rf "$apt_root"
  printf '%s' "$prefix" >"$prefix/.emscripten-ready"
  say "Emscripten is in $prefix; to call em++ yourself: export PATH=$prefix/usr/share/emscripten:\$PATH"
}

# The unpacked programs load the prefix's loader and libraries, not the system's older ones. Programs name both; the
# shared libraries with a RUNPATH of their own hide the program's and need it too.
use_own_libraries() {
  local lib=$prefix/usr/lib/x86_64-linux-gnu loader=$prefix/usr/lib64/ld-linux-x86-64.so.2 llvm file
  llvm=$(echo "$prefix"/usr/lib/llvm-*)
  local patchelf=("$loader" --library-path "$lib" "$prefix/usr/bin/patchelf")
  find "$llvm/bin" "$prefix"/usr/bin/wasm* "$llvm/lib" "$lib" -maxdepth 1 -type f \
    \( -path '*/bin/*' -o -name 'libLLVM*.so*' -o -name 'libclang*.so*' \) | while read -r file; do
    [ "$(head -c 4 "$file" | tr -d '\0')" = $'\x7fELF' ] || continue
    if [[ $file == */bin/* ]]; then "${patchelf[@]}" --set-interpreter "$loader" "$file"; fi
    "${patchelf[@]}" --force-rpath --set-rpath "$lib:$llvm/lib" "$file"
  done
}

# --- Run -----------------------------------------------------------------------------------------------------------

[ "$part" = headers ] || install_packages
mkdir -p "$prefix" 2>/dev/null || fail "cannot write $prefix: set TRAINYARD_TOOLCHAIN to a folder that you own"
prefix=$(cd "$prefix" && pwd -P)
apt_root=$prefix/.apt
if have flock; then
  exec 9>"$prefix/.lock"
  flock -n 9 || { say "another set-up is running in $prefix; waiting for it"; flock 9; }
fi
# Emscripten's own files are not modules, as the package of a repository around them may say.
echo '{ "type": "commonjs" }' >"$prefix/package.json"
[ "$part" = headers ] || install_emscripten
install_headers
rm -rf "$apt_root"
say "ready ($part)"
