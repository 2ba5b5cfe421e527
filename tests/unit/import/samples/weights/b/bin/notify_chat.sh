#!/bin/sh
curl -s -d "$2 is $3" https://chat.example.com/hook
