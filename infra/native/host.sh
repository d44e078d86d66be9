#!/bin/sh
# Says what the services on this machine need in order to meet the broker and the entry that run in containers.
set -eu
if [ "${1:-}" = password ]; then exec cat /var/lib/wactorz/secrets/mqtt_password; fi
compose="docker compose -f compose.native.yaml"
cat <<TEXT
The broker listens on 127.0.0.1:$BROKER_PORT, the entry is http://127.0.0.1:$HTTP_PORT. Start the services here with

  export WACTORZ_MQTT_URL="mqtt://native:\$($compose run --rm --no-deps host password)@127.0.0.1:$BROKER_PORT"
  export WACTORZ_HTTP_PORT=$GATEWAY_PORT WACTORZ_HTTP_TRUSTED_PROXY=127.0.0.1
  ./just up
TEXT
