#!/usr/bin/env bash
# Makes the secrets that compose.yaml names, each a random file in ./secrets; those that are there stay as they are.
#
#   ./make-secrets.sh
#   ./make-secrets.sh cabinet ID      adds or renews a cabinet's broker password and prints it once
#
# Needs openssl and mosquitto_passwd (package mosquitto), both only here and not on the servers.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
secrets=secrets
for tool in openssl mosquitto_passwd; do
  command -v "$tool" >/dev/null || { echo "$tool is missing." >&2; exit 1; }
done

random() { openssl rand -base64 32 | tr '+/' '-_' | tr -d '=\n'; }

make_secret() {
  [ -e "$secrets/$1" ] || { random >"$secrets/$1.new"; mv "$secrets/$1.new" "$secrets/$1"; }
  # The containers run as users of their own; the folder keeps everybody else out.
  chmod 0444 "$secrets/$1"
}

mkdir -p "$secrets"
chmod 0700 "$secrets"
if [ "${1:-}" = cabinet ]; then
  id=${2:?takes the id of a cabinet}
  [[ $id =~ ^[A-Za-z0-9_-]{1,32}$ ]] || { echo "'$id' is not a cabinet id." >&2; exit 2; }
  password=$(random)
  mosquitto_passwd -b "$secrets/mosquitto.passwd" "$id" "$password"
  printf '%s\n' "$password"
  exit 0
fi

for name in mosquitto_service_password influxdb_password influxdb_token postgres_password; do make_secret "$name"; done
[ -e "$secrets/influxdb_user" ] || printf 'admin' >"$secrets/influxdb_user"
[ -e "$secrets/mosquitto.passwd" ] || : >"$secrets/mosquitto.passwd"
mosquitto_passwd -b "$secrets/mosquitto.passwd" fleet-service "$(cat "$secrets/mosquitto_service_password")"
chmod 0444 "$secrets/influxdb_user"
chmod 0644 "$secrets/mosquitto.passwd"
echo "The secrets are in $PWD/$secrets."
