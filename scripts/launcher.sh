#!/usr/bin/env bash
# Puts Homereel into the desktop's menu (freedesktop.org entry and icon), or takes it out again.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
share="${XDG_DATA_HOME:-$HOME/.local/share}"
entry="$share/applications/homereel.desktop"
icon="$share/icons/hicolor/scalable/apps/homereel.svg"

refresh_menu() {
  if command -v update-desktop-database >/dev/null; then update-desktop-database -q "$share/applications" || true; fi
}

# The value of Exec is quoted as the Desktop Entry Specification asks: inside double quotes, with " ` $ and \ escaped,
# backslashes doubled once more because the value is a string, and % written as %%.
quoted() {
  local path="$1"
  path="${path//\\/\\\\\\\\}"
  path="${path//\"/\\\\\"}"
  path="${path//\`/\\\\\`}"
  path="${path//\$/\\\\\$}"
  path="${path//%/%%}"
  printf '"%s"' "$path"
}

case "$1" in
  --install-launcher)
    mkdir -p "$(dirname "$entry")" "$(dirname "$icon")"
    cp "$root/resources/icons/homereel.svg" "$icon"
    cat >"$entry" <<DESKTOP
[Desktop Entry]
Type=Application
Name=Homereel
Comment=What shall I watch next, from my own media
Exec=$(quoted "$root/homereel")
Icon=homereel
Terminal=false
Categories=AudioVideo;Video;Player;
StartupWMClass=homereel
DESKTOP
    chmod +x "$entry"
    refresh_menu
    echo "Homereel is in the menu now ($entry). Take it out again with: ./homereel --remove-launcher"
    ;;
  --remove-launcher)
    rm -f "$entry" "$icon"
    refresh_menu
    echo "Homereel is no longer in the menu."
    ;;
  *)
    echo "usage: launcher.sh --install-launcher | --remove-launcher" >&2
    exit 2
    ;;
esac
