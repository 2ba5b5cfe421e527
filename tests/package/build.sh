# Sourced by run.sh: the package for a suite, built on that suite.
# shellcheck shell=bash

own_suite() {
  # shellcheck disable=SC1091
  (. /etc/os-release && echo "$VERSION_CODENAME")
}

# An up-to-date one that is there already is taken.
find_or_build_package() {  # find_or_build_package SUITE: sets `package`
  local found folder=$source/build/package
  [ "$1" = "$(own_suite)" ] || folder=$folder/$1
  found=$(find "$folder" -maxdepth 1 -name 'redvip_*.deb' -newer "$source/CMakeLists.txt" 2>/dev/null | head -1) || true
  if [ -z "$found" ] || [ -n "$(find "$source"/{src,packaging,config,docs} -newer "$found" -type f | head -1)" ]; then
    if [ "$1" = "$(own_suite)" ]; then
      "$source/dev" package
    else
      build_elsewhere "$1" "$folder"
    fi
    found=$(find "$folder" -maxdepth 1 -name 'redvip_*.deb')
  fi
  package=$found
}

# In a tree of that suite with what building needs, kept as $REDVIP_BUILD_TREE ($trees/SUITE-build).
build_elsewhere() {  # build_elsewhere SUITE FOLDER
  local tree=${REDVIP_BUILD_TREE:-$trees/$1-build}
  if [ ! -e "$tree/etc/os-release" ]; then
    bare_tree "$1" "$trees/$1.tar"
    mkdir -p "$tree"
    tar -C "$tree" -xf "$trees/$1.tar"
  fi
  rm -rf "$tree/redvip"
  mkdir "$tree/redvip"
  tar -C "$source" -c --exclude=./build --exclude=./.git . | tar -x -C "$tree/redvip"
  in_tree "$tree" sh -c 'apt-get update -q && cd /redvip && ./dev package'
  mkdir -p "$2"
  rm -f "$2"/redvip_*
  cp "$tree"/redvip/build/package/redvip_* "$2/"
}
