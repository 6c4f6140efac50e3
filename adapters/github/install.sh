#!/usr/bin/env bash
# Installs what the command line needs beside it, with a Node of its own; nothing when it is there already.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"

if [[ -x "$root/node_modules/.bin/node" ]]; then
  echo 'Assay is installed.'
else
  # No PostgreSQL of its own: nothing is stored here.
  npm --prefix "$root" ci --omit=optional --no-audit --no-fund --no-progress
fi
