#!/bin/bash
REDISCLI="/usr/local/bin/redis-cli"
LOGFILE="/var/log/keepalived-redis-state.log"
echo "[backup]" >> $LOGFILE
sleep 15
$REDISCLI SLAVEOF $2 $3 >> $LOGFILE 2>&1
