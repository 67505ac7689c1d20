#!/usr/bin/env bash
# Installs the agent on a cabinet (systemd): program, user, unit and, when there is none yet, the configuration.
# Run again with a newer program it updates; data and configuration are never touched.
#
#   sudo ./install.sh FOLDER      FOLDER holds the published agent (KioskFleet.Agent and its files)
#   sudo ./install.sh --remove    removes program and unit; data and configuration stay
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
user=kioskfleet-agent
program_dir=/usr/lib/kioskfleet-agent
config_dir=/etc/kioskfleet
unit=/etc/systemd/system/kiosk-agent.service

fail() { printf '%s\n' "$1" >&2; exit "${2:-1}"; }

usage() { sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }

require() {
  command -v systemctl >/dev/null || fail "systemctl is missing: this script is for systems with systemd."
  [ "$(id -u)" -eq 0 ] || fail "This script needs root: run it with sudo."
}

remove() {
  systemctl disable --now kiosk-agent.service 2>/dev/null || true
  rm -f "$unit"
  rm -rf "$program_dir"
  systemctl daemon-reload
  echo "Removed. The journal in /var/lib/kioskfleet and the configuration in $config_dir stay."
}

install_program() {
  local source=$1 next=$program_dir.next previous=$program_dir.previous
  [ -x "$source/KioskFleet.Agent" ] || fail "$source/KioskFleet.Agent: not there or not executable." 2
  rm -rf "$next" "$previous"
  cp -R "$source" "$next"
  chown -R root:root "$next"
  chmod -R u=rwX,go=rX "$next"
  "$next/KioskFleet.Agent" --version >/dev/null || fail "The program in $source does not start on this machine." 2
  # Two renames: there is no moment with half a program in place.
  if [ -d "$program_dir" ]; then mv "$program_dir" "$previous"; fi
  mv "$next" "$program_dir"
  rm -rf "$previous"
}

install_config() {
  install -d -m 0755 "$config_dir"
  if [ ! -e "$config_dir/agent.json" ]; then
    install -m 0644 "$here/agent.json.example" "$config_dir/agent.json"
    echo "Wrote $config_dir/agent.json: set serviceUrl there."
  fi
}

case "${1:-}" in
  ''|-h|--help) usage; exit 0 ;;
  --remove) require; remove; exit 0 ;;
esac

require
getent passwd "$user" >/dev/null || useradd --system --home-dir /nonexistent --shell /usr/sbin/nologin "$user"
install_program "$1"
install_config
install -m 0644 "$here/kiosk-agent.service" "$unit"
systemctl daemon-reload
systemctl enable kiosk-agent.service
systemctl restart kiosk-agent.service
cat <<EOF
The agent runs. Next, with a one-time token from the fleet service (it is asked for):
  sudo -u $user $program_dir/KioskFleet.Agent enrol --config $config_dir/agent.json
  sudo -u $user $program_dir/KioskFleet.Agent status --config $config_dir/agent.json
EOF
