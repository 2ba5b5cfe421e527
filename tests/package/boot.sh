# The first process of a host's namespaces: mounts what systemd wants, and becomes it.
work=$1
name=$2
root=$work/$name/root
mount -t overlay overlay "$root" \
  -o "lowerdir=$work/tree,upperdir=$work/$name/up,workdir=$work/$name/work"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
hostname "redis-$name"
echo "redis-$name" >"$root/etc/hostname"
tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
# Not chroot(8): a service with PrivateUsers=, as Debian's Redis is, may not start below one.
cd "$root"
mkdir -p mnt
pivot_root . mnt
exec chroot . env -i container=redvip-test PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -c \
  'umount -l /mnt && exec /lib/systemd/systemd --log-target=console --log-level=warning'
