#!/usr/bin/env bash
# Compares the contracts that a pull request changes with those of its base. Variables: see action.yml.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
cd "${GITHUB_WORKSPACE:-.}"

assay() { "$root/node_modules/.bin/node" "$root/collector/cli/assay.ts" "$@"; }
# Text of contracts must not be read as commands of the runner, wherever they may stand in a line.
tame() { sed -e 's/^/| /' -e 's/##\[/## [/g'; }
refuse() {
  echo "::error title=Contract change::$1"
  exit 4
}

# A shallow checkout has neither the base nor the point where the branch left it.
known() { git rev-parse --verify --quiet --end-of-options "$1^{commit}" >/dev/null; }
base="${BASE:-}"
if [[ -z "$base" && -n "${GITHUB_BASE_REF:-}" ]]; then
  base="origin/$GITHUB_BASE_REF"
  known "$base" || git fetch --quiet --no-tags origin "+refs/heads/$GITHUB_BASE_REF:refs/remotes/origin/$GITHUB_BASE_REF" ||
    refuse 'The base branch cannot be fetched; check out with fetch-depth: 0.'
fi
base="${base:-HEAD^}"
[[ "$base" != -* ]] || refuse 'The base is no revision.'
known "$base" || refuse 'git does not know the base; check out with fetch-depth: 0.'
# What the base got since the branch left it is no change of the branch.
base="$(git merge-base "$base" HEAD || git rev-parse "$base^{commit}")"

patterns=()
while IFS= read -r line; do
  line="$(sed -e 's/^[[:space:]]*//' -e 's/[[:space:]]*$//' <<<"$line")"
  [[ -z "$line" ]] || patterns+=(":(top,glob)$line")
done <<<"${CONTRACTS:-contracts/**/*.yaml}"

changed=()
while IFS= read -r -d '' file; do changed+=("$file"); done < <(
  git diff --name-only --no-renames --no-ext-diff -z "$base" HEAD -- "${patterns[@]}"
)
if ((${#changed[@]} == 0)); then
  echo 'No contract changed.'
  [[ -z "${GITHUB_OUTPUT:-}" ]] || echo 'refused=false' >>"$GITHUB_OUTPUT"
  exit 0
fi

options=(--against "$base")
[[ -z "${ACCEPT:-}" ]] || options+=(--accept "$ACCEPT")
[[ -z "${URL:-}" ]] || options+=(--url "$URL")
[[ "${POSITIONAL:-}" != true ]] || options+=(--positional)
[[ "${STRICT:-}" != true ]] || options+=(--strict)
[[ "${OTHER_WRITERS:-}" != true ]] || options+=(--other-writers)
options+=(--fail-on "${FAIL_ON:-bump}")

code=0
# Its annotations escape what is not theirs; words for people go to the log behind a bar.
assay contract diff "${options[@]}" --format github -- "${changed[@]}" 2> >(tame >&2) || code=$?
if ((code > 1)); then refuse 'The contracts cannot be compared; the log says why.'; fi
[[ -z "${GITHUB_OUTPUT:-}" ]] || echo "refused=$( ((code == 1)) && echo true || echo false)" >>"$GITHUB_OUTPUT"

text="$(assay contract diff "${options[@]}" --format text -- "${changed[@]}" 2>/dev/null)" || (($? == 1))
tame <<<"$text"
if [[ -n "${GITHUB_STEP_SUMMARY:-}" ]]; then
  # Indented, so that nothing in it is Markdown.
  { printf '### Contract changes\n\n'; sed -e 's/^/    /' <<<"$text"; } >>"$GITHUB_STEP_SUMMARY"
fi
[[ -z "${SARIF:-}" ]] || assay contract diff "${options[@]}" --format sarif -- "${changed[@]}" >"$SARIF" 2>/dev/null || (($? == 1))
exit "$code"
