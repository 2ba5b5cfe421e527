# A client: writes one key after the other to the virtual IP until $1/stop exists, and reconnects at
# once. $1/acknowledged gets every key that was answered +OK, $1/failed one line for each failure,
# $1/gap the longest time without an answer since the file was last emptied, in microseconds.
folder=$1
address=$2
n=0
last=${EPOCHREALTIME/./}
longest=0
exec 4>>"$folder/acknowledged"
trap '' PIPE
while [ ! -e "$folder/stop" ]; do
  if ! { exec 3<>"/dev/tcp/$address/6379"; } 2>/dev/null; then
    echo connect >>"$folder/failed"
    sleep 0.01
    continue
  fi
  while [ ! -e "$folder/stop" ]; do
    n=$((n + 1))
    printf 'SET k:%d v\r\n' "$n" >&3 2>/dev/null || break
    IFS= read -r -t 3 answer <&3 2>/dev/null || break
    case $answer in +OK*) ;; *) break ;; esac
    now=${EPOCHREALTIME/./}
    [ -s "$folder/gap" ] || longest=0
    if [ $((now - last)) -gt "$longest" ]; then
      longest=$((now - last))
      echo "$longest" >"$folder/gap"
    fi
    last=$now
    echo "k:$n" >&4
  done
  [ -e "$folder/stop" ] || echo "broken: ${answer:-no answer}" >>"$folder/failed"
  answer=
  exec 3>&-
done
