#!/bin/sh
PORT=6380
PASS='s3cret-Pa55'
redis-cli -p $PORT -a "$PASS" --no-auth-warning ping 2>/dev/null | grep -q PONG
