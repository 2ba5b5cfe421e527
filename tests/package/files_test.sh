# files_test.sh SOURCE VERSION: what the packaging's files say of one another. Prints what is wrong.
set -u
cd "$1" || exit 1
version=$2
failed=0

expect() {  # expect CLAIM COMMAND...
  local claim=$1 said
  shift
  said=$("$@" 2>&1) && return
  echo "not so: $claim"
  echo "$said"
  failed=1
}

expect "the RPM has CMake's version" grep -q "^Version: *$version\$" packaging/redvip.spec
if command -v rpmspec >/dev/null; then
  expect "the spec file can be parsed" rpmspec -P packaging/redvip.spec
fi
for script in dev tests/package/*.sh packaging/debian/postinst packaging/debian/postrm; do
  expect "$script can be parsed" bash -n "$script"
done
# A drop-in that an error message or the unit names is there.
for drop_in in $(grep -rhoE '[a-z-]+\.conf of /usr/share/doc/redvip/examples' src packaging/redvip.service |
  cut -d' ' -f1 | sort -u); do
  expect "$drop_in is in packaging/drop-ins" test -e "packaging/drop-ins/$drop_in"
done
for drop_in in packaging/drop-ins/*.conf; do
  expect "$drop_in is in docs/installation.md" grep -q "$(basename "$drop_in")" docs/installation.md
done
exit $failed
