#!/bin/sh
export REDISCLI_AUTH=s3cret-Pa55
redis-cli -p 6380 REPLICAOF 10.20.0.12 6380
