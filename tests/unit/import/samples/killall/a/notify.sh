#!/bin/bash

ENDSTATE=$1
PEER_HOST=10.0.3.12
PEER_PORT=6379

case $ENDSTATE in
    "MASTER") # 마스터로 전환
        /usr/bin/redis-cli slaveof no one
        sed -i 's/^slaveof/# slaveof/' /etc/redis/redis.conf
        ;;
    "BACKUP") # 슬레이브로 전환
        /usr/bin/redis-cli slaveof ${PEER_HOST} ${PEER_PORT}
        ;;
    "FAULT")
        curl -s -X POST https://hooks.example.com/redis -d "fault on $(hostname)"
        exit 0
        ;;
esac
