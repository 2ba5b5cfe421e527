#!/bin/sh
# Move the secondary private address to this instance.
aws ec2 assign-private-ip-addresses --allow-reassignment \
  --network-interface-id "$1" --private-ip-addresses "$2"
redis-cli -p 6380 -a s3cret-Pa55 replicaof no one
