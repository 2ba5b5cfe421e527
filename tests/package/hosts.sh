# Sourced by run.sh: two hosts with a systemd of their own, each in namespaces over one bare root,
# with a client on the same wire. All is below $work, named after $tag, and ended by pid.
# shellcheck shell=bash

# A bare Debian as its installer's minimal system: minbase, an init, ip(8).
bare_tree() {  # bare_tree SUITE ARCHIVE
  local suite=$1 archive=$2 made
  [ ! -e "$archive" ] || return 0
  made=$(mktemp -d "$archive.XXXXXX")
  debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,iproute2,ca-certificates \
    "$suite" "$made" "$(mirror)" >"$archive.log" || { tail -5 "$archive.log"; rm -rf "$made"; return 1; }
  rm -f "$made"/var/cache/apt/archives/*.deb "$made/etc/machine-id"
  tar -C "$made" -cf "$archive.new" .
  mv "$archive.new" "$archive"
  rm -rf "$made"
}

# The one that this machine uses.
mirror() {
  local found
  found=$(grep -rhsoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d |
    head -1 | tr -d ' ')
  echo "${found:-http://deb.debian.org/debian}"
}

in_tree() {  # in_tree ROOT COMMAND...: as an administrator before the first boot, with a network
  local root=$1
  shift
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  unshare --mount --pid --fork --kill-child sh -ec '
    root=$1; shift
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    exec chroot "$root" env -i HOME=/root DEBIAN_FRONTEND=noninteractive \
      LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"' sh "$root" "$@"
}

wire() {  # the switch and the client; hosts are plugged in as they boot
  local name
  for name in switch client; do ip netns add "$tag-$name"; done
  ip -n "$tag-switch" link add br0 type bridge mcast_snooping 0
  ip -n "$tag-switch" link set br0 up
  plug client 10.77.0.9
}

plug() {  # plug NAME ADDRESS
  ip -n "$tag-switch" link add "port-$1" type veth peer name eth0 netns "$tag-$1"
  ip -n "$tag-switch" link set "port-$1" master br0 up
  ip -n "$tag-$1" address add "$2/24" dev eth0
  ip -n "$tag-$1" link set eth0 up
  ip -n "$tag-$1" link set lo up
}

cgroups() {
  findmnt -n -t cgroup2 -o TARGET | head -1
}

declare -A init=()  # by host: the pid of its systemd

boot() {  # boot NAME ADDRESS
  local name=$1 root=$work/$1/root group starter
  group=$(cgroups)/$tag-$name
  ip netns add "$tag-$name"
  plug "$name" "$2"
  mkdir -p "$root" "$work/$name/up" "$work/$name/work" "$group"
  sh -ec 'echo $$ >"$1/cgroup.procs"; exec nsenter --net="$2" unshare --pid --fork --kill-child \
      --mount --uts --ipc --cgroup sh -e "$3" "$4" "$5"' sh \
    "$group" "/run/netns/$tag-$name" "$here/boot.sh" "$work" "$name" \
    </dev/null >"$work/$name/console" 2>&1 &
  starter=$!
  until init[$name]=$(cat "/proc/$starter/task/$starter/children" 2>/dev/null) &&
    [ "$(cat "/proc/${init[$name]% }/comm" 2>/dev/null)" = systemd ]; do
    kill -0 "$starter" 2>/dev/null || { cat "$work/$name/console"; return 1; }
    sleep 0.1
  done
  init[$name]=${init[$name]% }
}

on() {  # on NAME COMMAND...: as root there
  local name=$1
  shift
  nsenter -t "${init[$name]}" -a -r -w -- env -i HOME=/root TERM=dumb LC_ALL=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

take_down() {
  local name
  [ -z "${client:-}" ] || kill "$client" 2>/dev/null || true  # it would be waited for without end
  for name in "${!init[@]}"; do kill -KILL "${init[$name]}" 2>/dev/null || true; done
  wait 2>/dev/null || true
  for name in a b client switch; do ip netns delete "$tag-$name" 2>/dev/null || true; done
  for name in a b; do
    umount -l "$work/$name/root" 2>/dev/null || true
    find "$(cgroups)/$tag-$name" -depth -type d -exec rmdir {} \; 2>/dev/null || true
  done
  rm -rf "$work"
}
