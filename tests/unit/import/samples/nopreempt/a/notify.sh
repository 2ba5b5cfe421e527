#!/bin/bash
TYPE=$1
NAME=$2
STATE=$3
case $STATE in
    "MASTER") redis-cli SLAVEOF NO ONE
              exit 0
              ;;
    "BACKUP"|"FAULT") redis-cli SLAVEOF 172.16.5.10 6379   # через виртуальный адрес
              exit 0
              ;;
    *)        echo "unknown state"
              exit 1
              ;;
esac
