# Sourced by run.sh: what the package promises, on the two hosts a and b that have it installed.
# Every claim is printed; the first that does not hold ends the run and shows what both hosts say.
# shellcheck shell=bash

claim() {  # claim TEXT COMMAND...: holds at once
  local text=$1
  shift
  "$@" >"$work/output" 2>&1 || does_not_hold "$text" "$@"
  echo "ok    $text"
}

eventually() {  # eventually TEXT COMMAND...: holds before a minute has passed, if only for a moment
  local text=$1 end=$((SECONDS + 60))
  shift
  until "$@" >"$work/output" 2>&1; do
    [ "$SECONDS" -lt "$end" ] || does_not_hold "$text" "$@"
    sleep 0.1
  done
  echo "ok    $text"
}

does_not_hold() {  # does_not_hold TEXT COMMAND...
  local text=$1
  shift
  echo "FAIL  $text: $*"
  cat "$work/output"
  tell_all
  exit 1
}

tell_all() {
  local host
  for host in a b; do
    echo "--- $host"
    tail -n 20 "$work/$host/console"
    on "$host" redvip status || true
    on "$host" journalctl --no-pager -q -n 30 -u redvip -u redis-server || true
  done
}

# says PATTERN COMMAND...: however the command ends.
says() {
  local pattern=$1
  shift
  { "$@" 2>&1 || true; } | grep -q -- "$pattern"
}
not() { ! "$@"; }
pid_of() { on "$1" systemctl show -P MainPID redvip; }
active() { on "$1" systemctl --quiet is-active "$2"; }
state() { says "^cache: $2\$" on "$1" systemctl show -P StatusText redvip; }
holds_address() { says '10\.77\.0\.100/24' ip -n "$tag-$1" -4 address show dev eth0; }
settled_on() { holds_address "$1" && state "$1" serving && on "$1" redvip status; }

# --- The client -----------------------------------------------------------------------------------

start_client() {
  rm -rf "$work/client"
  mkdir "$work/client"
  : >"$work/client/failed"
  ip netns exec "$tag-client" bash "$here/writer.sh" "$work/client" 10.77.0.100 &
  client=$!
  eventually "a client writes to the address" acknowledged 200
}
acknowledged() { [ -s "$work/client/acknowledged" ] && [ "$(wc -l <"$work/client/acknowledged")" -ge "$1" ]; }
goes_on() {
  local before
  before=$(wc -l <"$work/client/acknowledged")
  eventually "its writes go on" acknowledged $((before + 300))
}
mark() {
  : >"$work/client/gap"
  failed_before=$(wc -l <"$work/client/failed")
}
measured() {  # measured TEXT: since mark
  echo "$1: longest gap $(($(cat "$work/client/gap") / 1000)) ms," \
    "$(($(wc -l <"$work/client/failed") - failed_before)) writes or connections failed" >>"$work/measured"
  tail -n 1 "$work/measured" | sed 's/^/      /'
}
stop_client() {
  touch "$work/client/stop"
  wait "$client" || true
}
lost_on() {  # acknowledged keys that this host's Redis does not have
  awk '{print "EXISTS", $1}' "$work/client/acknowledged" | on "$1" redis-cli | grep -c '^0' || true
}
nothing_lost_on() { [ "$(lost_on "$1")" = 0 ]; }

# --- The chapters ---------------------------------------------------------------------------------

# README.md alone, from the first command to a protected service.
first_steps() {
  local command host number=0 shown=0
  for host in a b; do
    eventually "$host has booted" says 'running\|degraded' on "$host" systemctl is-system-running
  done
  while read -r -u 3 command; do
    number=$((number + 1))
    for host in a b; do
      echo "redis-$host# $command"
      [ "$command" != 'redvip status' ] || eventually "they know one another" know_all "$host"
      claim "redis-$host: $command" type_in "$host" "$command"
      sed 's/^/    /' "$work/output" | tail -n 25
      is_shown "$host" "$command" || continue
      shown=$((shown + 1))
      cp "$work/output" "$work/printed"
      claim "that is what README.md shows" prints_what_is_shown "$host" "$command" "$work/printed"
    done
    case $command in apt*) installed ;; esac
  done 3< <(documented_commands)
  claim "that was fewer than ten commands" [ "$number" -lt 10 ]
  claim "and more than five" [ "$number" -gt 5 ]
  claim "all that README.md shows was compared" \
    [ "$shown" = "$(readme_block "$first_start" text | grep -c '^redis-[ab]# ')" ]
  claim "a serves" settled_on a
  claim "b stands by" state b standby
}

know_all() {
  on "$1" redvip status >"$work/status" && ! grep -q unknown "$work/status"
}

installed() {
  local host
  for host in a b; do
    eventually "$host runs the Redis that came with the package" active "$host" redis-server
    claim "$host: without a configuration the service does not run" not active "$host" redvip
    claim "$host: and it is enabled" on "$host" systemctl --quiet is-enabled redvip
  done
}

rights() {
  local pid
  pid=$(pid_of a)
  claim "the daemon is redvip, with four capabilities" on a grep -q '^CapEff:.*0000000000807000$' \
    "/proc/$pid/status"
  claim "and not root" on a sh -c "! grep -q '^Uid:.*\b0\b' /proc/$pid/status"
  claim "it is real-time" says '^policy *: *1$' on a cat "/proc/$pid/sched"
  claim "its memory is locked" not says '^VmLck:[[:space:]]*0 kB' on a cat "/proc/$pid/status"
  claim "it may read what Redis saves" on a grep -q "^Groups:.*\b$(on a getent group redis |
    cut -d: -f3)\b" "/proc/$pid/status"
  on a useradd --groups redvip anna
  on a useradd bert
  claim "an operator in the group sees the status" on a runuser -u anna -- redvip status
  claim "and the history" on a runuser -u anna -- redvip history
  claim "others are told how to join" says 'adduser NAME redvip' \
    on a runuser -u bert -- redvip status
  claim "systemd shows the state" state a serving
  claim "a reload is acknowledged" on a systemctl reload redvip
  claim "and changes nothing" state a serving
  for host in a b; do
    claim "$host: no warning in the journal" says '^-- No entries' on "$host" journalctl --no-pager \
      -u redvip -p warning
  done
}

failover() {
  start_client
  mark
  on a systemctl kill --kill-whom=main -s KILL redis-server
  eventually "Redis killed on a: b serves" settled_on b
  goes_on
  measured "Redis killed"
  claim "no acknowledged write is lost" nothing_lost_on b
  mark
  claim "switched back without a loss" on a redvip switchover
  eventually "a serves again" settled_on a
  goes_on
  measured "switchover"
}

# Cut off, a goes on acknowledging what nobody else hears of.
divergence() {
  ip -n "$tag-switch" link set port-a down
  eventually "a's cable out: b serves" holds_address b
  claim "a takes a write that only it has" says OK on a redis-cli set only:a 1
  goes_on
  ip -n "$tag-switch" link set port-a up
  eventually "a is back and follows" settled_on b
  claim "what only a had is kept, from Redis's own file" on a sh -c \
    'grep -q only:a /var/lib/redvip/diverged/cache-*/dataset.rdb'
  claim "back to a" on a redvip switchover
  eventually "a serves" settled_on a
}

upgrade() {
  mark
  on a dpkg -i "/root/$(basename "$package")" >"$work/output" 2>&1 || { cat "$work/output"; exit 1; }
  eventually "upgraded on the owner: the standby has taken over" settled_on b
  goes_on
  measured "upgrade of an owner with a standby"
  claim "no acknowledged write is lost" nothing_lost_on b
  on a systemctl stop redvip redis-server
  eventually "b has no standby" says 'failover now: no' on b redvip status
  mark
  on b dpkg -i "/root/$(basename "$package")" >"$work/output" 2>&1 || { cat "$work/output"; exit 1; }
  eventually "upgraded without a standby: it serves" state b serving
  goes_on
  measured "upgrade of an owner without a standby"
  claim "no write failed" [ "$(wc -l <"$work/client/failed")" = "$failed_before" ]
  on a systemctl start redis-server redvip
  eventually "the standby is back" settled_on b
}

# The supervisor's part: a daemon that dies, one that hangs.
supervision() {
  local pid
  mark
  pid=$(pid_of b)
  on b systemctl kill --kill-whom=main -s KILL redvip
  eventually "the daemon killed on b: a serves" settled_on a
  eventually "b's daemon is back" state b standby
  claim "it is another process" [ "$(pid_of b)" != "$pid" ]
  claim "what it had left is gone from b" not holds_address b
  goes_on
  measured "daemon killed"
  pid=$(pid_of b)
  on b systemctl kill --kill-whom=main -s STOP redvip
  eventually "a daemon that hangs is killed by the watchdog" not on b test -d "/proc/$pid"
  eventually "and started again" state b standby
  stop_client
  claim "no acknowledged write is lost in all of this" nothing_lost_on a
}

removal() {
  on b apt-get purge -y -q redvip >"$work/output" 2>&1 || { cat "$work/output"; exit 1; }
  claim "purged: the daemon is gone" not active b redvip
  for path in /usr/sbin/redvip /var/lib/redvip /etc/redvip /run/redvip; do
    claim "purged: $path is gone" not on b test -e "$path"
  done
  claim "purged: no file has its name but the package itself" on b sh -c \
    '! find / -xdev -name "*redvip*" ! -path "/root/*" ! -path "/tmp/*" ! -path "/proc/*" | grep .'
  claim "the user stays, as Debian's users do" on b getent passwd redvip
  claim "a goes on serving" state a serving
}
