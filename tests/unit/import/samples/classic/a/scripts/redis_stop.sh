#!/bin/bash
echo "[fault] $(date)" >> /var/log/keepalived-redis-state.log
