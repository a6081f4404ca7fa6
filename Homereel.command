#!/usr/bin/env bash
# Double-click launcher for macOS.
exec "$(cd "$(dirname "$0")" && pwd)/homereel" "$@"
