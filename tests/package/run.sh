#!/usr/bin/env bash
# run.sh SUITE: installs the package that `./dev package` makes on a bare Debian, on two hosts with a
# systemd of their own, and follows README.md there: a failover, an upgrade, a removal.
# REDVIP_PACKAGE=FILE takes that one. Needs root, debootstrap, cgroup v2. Bare trees are kept in $REDVIP_TREES (/var/cache/redvip-trees).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
suite=$1
trees=${REDVIP_TREES:-/var/cache/redvip-trees}
tag=rvp$$
work=$(mktemp -d "/tmp/redvip-package-XXXXXX")
# shellcheck source=tests/package/hosts.sh
. "$here/hosts.sh"
# shellcheck source=tests/package/readme.sh
. "$here/readme.sh"
# shellcheck source=tests/package/scenario.sh
. "$here/scenario.sh"
# shellcheck source=tests/package/build.sh
. "$here/build.sh"
trap take_down EXIT
trap 'exit 130' INT TERM

part() {
  [ -z "${part_name:-}" ] || echo "==    $part_name took $((SECONDS - part_start)) s"
  part_name=$1
  part_start=$SECONDS
  [ -z "$1" ] || echo "== $1"
}

mkdir -p "$trees"
part "build"
package=${REDVIP_PACKAGE:-}
if [ -z "$package" ]; then find_or_build_package "$suite"; fi
echo "      $package"
part "bare $suite"
bare_tree "$suite" "$trees/$suite.tar"
mkdir "$work/tree"
tar -C "$work/tree" -xf "$trees/$suite.tar"
part "download"
cp "$package" "$work/tree/root/"
# The hosts reach nobody: apt finds there what it has fetched here.
in_tree "$work/tree" sh -c "apt-get update -q && apt-get install -y -q --download-only \
  '/root/$(basename "$package")'" >"$work/install.log" 2>&1 || { tail -30 "$work/install.log"; exit 1; }
part "boot"
wire
boot a 10.77.0.1
boot b 10.77.0.2
for chapter in first_steps rights failover divergence upgrade supervision removal; do
  part "$chapter"
  "$chapter"
done
part ""
claim "the figures in docs/installation.md are lines of this run" figures_are_current
echo "1 passed, 0 failed"
