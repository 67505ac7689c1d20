#!/usr/bin/env bash
# Shows whether an InfluxDB 2 takes what the fleet service writes: sends three points in its form (line protocol,
# gzip, milliseconds, token), reads them back by Flux and compares. The points go to measurement kf_smoke.
#
#   INFLUX_URL=http://localhost:8086 INFLUX_ORG=kioskfleet INFLUX_BUCKET=sales INFLUX_TOKEN_FILE=token ./smoke-influxdb.sh
#
# Exit codes: 0 the server took and gave back the points, 1 it did not, 2 a setting is missing.
set -euo pipefail

need() { [ -n "${!1:-}" ] || { echo "$1: got nothing; takes $2." >&2; exit 2; }; }
need INFLUX_URL "the server's address, http://host:8086"
need INFLUX_ORG "the organisation's name"
need INFLUX_BUCKET "the bucket's name"
need INFLUX_TOKEN_FILE "a file that holds a token which may write and read the bucket"
[ -r "$INFLUX_TOKEN_FILE" ] || { echo "INFLUX_TOKEN_FILE: cannot read '$INFLUX_TOKEN_FILE'." >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The token goes through a file that only this user reads, not through the process list.
umask 077
printf 'header = "Authorization: Token %s"\n' "$(tr -d '\r\n' <"$INFLUX_TOKEN_FILE")" >"$work/curl"

run=$(date +%s)
for i in 1 2 3; do
  printf 'kf_smoke,cabinet=A\\ 1,county=341125,run=%s entries=7i,fen=%si %s00%s\n' \
    "$run" "$((i * 100))" "$run" "$i"
done | gzip >"$work/lines.gz"

query="org=$(printf '%s' "$INFLUX_ORG" | jq -sRr @uri)&bucket=$(printf '%s' "$INFLUX_BUCKET" | jq -sRr @uri)&precision=ms"
status=$(curl -sS -K "$work/curl" -o "$work/answer" -w '%{http_code}' -X POST \
  -H 'Content-Type: text/plain; charset=utf-8' -H 'Content-Encoding: gzip' \
  --data-binary @"$work/lines.gz" "${INFLUX_URL%/}/api/v2/write?$query")
if [ "$status" != 204 ]; then
  echo "write: $status, not 204: $(cat "$work/answer")" >&2
  exit 1
fi

cat >"$work/query" <<EOF
from(bucket: "$INFLUX_BUCKET") |> range(start: -1h)
  |> filter(fn: (r) => r._measurement == "kf_smoke" and r.run == "$run" and r._field == "fen")
  |> group() |> sum()
EOF
for _ in 1 2 3 4 5; do
  curl -sS -K "$work/curl" -X POST -H 'Content-Type: application/vnd.flux' -H 'Accept: application/csv' \
    --data-binary @"$work/query" "${INFLUX_URL%/}/api/v2/query?org=$(printf '%s' "$INFLUX_ORG" | jq -sRr @uri)" \
    >"$work/result"
  if tr -d '\r' <"$work/result" | grep -q ',600$'; then
    echo "InfluxDB at $INFLUX_URL took three points and gave back their sum, 600."
    exit 0
  fi
  sleep 1
done
echo "The points were taken and not given back:" >&2
cat "$work/result" >&2
exit 1
