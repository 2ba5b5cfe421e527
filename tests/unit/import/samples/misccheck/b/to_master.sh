#!/bin/sh
redis-cli -p 6390 SLAVEOF NO ONE
