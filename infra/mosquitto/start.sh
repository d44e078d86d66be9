#!/bin/sh
# Starts the broker with its plug-in for accounts, which lies elsewhere in each distribution.
set -eu
name=mosquitto_dynamic_security.so
for folder in /usr/lib /usr/lib/*-linux-gnu /usr/local/lib; do
  if [ -e "$folder/$name" ]; then
    printf 'plugin %s\nplugin_opt_config_file %s\n' "$folder/$name" /mosquitto/secrets/dynamic-security.json \
      > /mosquitto/generated/plugin.conf
    exec mosquitto -c /mosquitto/config/mosquitto.conf
  fi
done
echo "This image of the broker has no $name: use eclipse-mosquitto:2" >&2
exit 1
