#!/bin/sh
# nicht nur der Prozess: antwortet er auch?
timeout 1 redis-cli -h 127.0.0.1 role > /dev/null || exit 1
