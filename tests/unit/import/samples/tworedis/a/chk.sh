#!/bin/sh
redis-cli -p "$1" ping | grep -q PONG
