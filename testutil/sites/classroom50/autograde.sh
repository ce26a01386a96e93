#!/usr/bin/env bash
# Grades a student's repository in GitHub Actions: shows how it went on the page of the
# run, and hands on the points in the form of GitHub Classroom's graders.
#
# usage: autograde.sh FOLDER ex8.1|ex8.2|all
set -euo pipefail

submission=$(cd "$1" && pwd)
exercises=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
report=$(mktemp)
trap 'rm -f "$report" "$report.md"' EXIT

# What a program prints is not to be taken for a command to the runner.
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$token"
status=0
(cd "$here/../../.." && go tool workbook grade -submission "$submission" -format json -o "$report" "$exercises") || status=$?
echo "::$token::"
if ((status > 1)) || [[ ! -s $report ]]; then # 0 and 1 say whether all core points were earned
	echo "autograde.sh: the grader ended with status $status, and a report of $(wc -c <"$report") bytes" >&2
	exit 1
fi
points=$(jq -c -f "$here/points.jq" "$report")
jq -r -f "$here/summary.jq" "$report" >"$report.md"
most=1000000 # bytes: the site shows nothing of a summary that is longer than 1 MiB
head -c "$most" "$report.md" >>"$GITHUB_STEP_SUMMARY"
if (($(wc -c <"$report.md") > most)); then
	printf '\n\nThe rest is cut off, since the page would be too long.\n' >>"$GITHUB_STEP_SUMMARY"
fi
echo "result=$(base64 <<<"$points" | tr -d '\n')" >>"$GITHUB_OUTPUT"
