#!/bin/bash
# 检查 redis 是否存活
ALIVE=`/usr/local/bin/redis-cli -h $1 -p $2 PING`
if [ "$ALIVE" == "PONG" ]; then
    echo $ALIVE
    exit 0
else
    echo $ALIVE
    exit 1
fi
