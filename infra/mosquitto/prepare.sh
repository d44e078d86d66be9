#!/bin/sh
# Makes the secrets of this installation at the first start, each into the volume of those who need it.
# Runs once, before the broker and the agents; what is there already is kept.
set -eu
umask 077
broker_user=1883
agent_user=10001

# One account for all for now: accounts of their own take the place of these lines.
if [ ! -s /made/broker/passwords ] || [ ! -s /made/login/password ]; then
  password=$(head -c 24 /dev/urandom | base64 | tr '+/' '-_')
  printf 'wactorz:%s\n' "$password" > /made/broker/passwords
  mosquitto_passwd -U /made/broker/passwords
  printf -- '-u wactorz\n-P %s\n' "$password" > /made/broker/mosquitto_sub
  printf '%s' "$password" > /made/login/password
fi
if [ ! -s /made/home/home_token ]; then
  head -c 32 /dev/urandom | base64 | tr '+/' '-_' > /made/home/home_token
fi
chown -R "$broker_user:$broker_user" /made/broker
chown -R "$agent_user:$agent_user" /made/login /made/home
