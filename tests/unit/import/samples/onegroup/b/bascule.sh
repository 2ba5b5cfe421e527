#!/bin/bash
PAIR=10.31.0.1
maitre() {
  echo "SLAVEOF NO ONE" | redis-cli -p 7000
}
esclave() {
  redis-cli -p 7000 <<FIN
SLAVEOF $PAIR 7000
FIN
}
case "$1" in
  maitre) maitre ;;
  esclave) esclave ;;
esac
