#!/usr/bin/env bash
# Makes the secrets that compose.yaml names, each a random file in ./secrets; those that are there stay as they are.
#
#   ./make-secrets.sh
#
# Needs openssl and mosquitto_ctrl (package mosquitto), both only here and not on the servers.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
secrets=secrets
for tool in openssl mosquitto_ctrl; do
  command -v "$tool" >/dev/null || { echo "$tool is missing." >&2; exit 1; }
done

random() { openssl rand -base64 32 | tr '+/' '-_' | tr -d '=\n'; }

make_secret() {
  [ -e "$secrets/$1" ] || { random >"$secrets/$1.new"; mv "$secrets/$1.new" "$secrets/$1"; }
  # The containers run as users of their own; the folder around keeps everybody else out.
  chmod 0444 "$secrets/$1"
}

mkdir -p "$secrets"
chmod 0700 "$secrets"
for name in mosquitto_service_password influxdb_password influxdb_token postgres_password; do make_secret "$name"; done
[ -e "$secrets/influxdb_user" ] || printf 'admin' >"$secrets/influxdb_user"
chmod 0444 "$secrets/influxdb_user"

# The broker rewrites its accounts, so their folder is writable for its user.
mkdir -p "$secrets/accounts"
if [ ! -e "$secrets/accounts/dynamic-security.json" ]; then
  mosquitto_ctrl dynsec init "$secrets/accounts/dynamic-security.json" fleet-service \
    "$(cat "$secrets/mosquitto_service_password")" >/dev/null
fi
chmod 0777 "$secrets/accounts"
chmod 0666 "$secrets/accounts/dynamic-security.json"
echo "The secrets are in $PWD/$secrets."
