#!/bin/sh
# Runs all tests of the workbook, and prints how far it is.
#
#	testutil/test.sh [flags of go test]
#
# Most packages take seconds. Those that grade many programs take a minute or more and keep
# all processors busy, so they run one after another, and every twentieth of their tests that
# ends prints a line. What a package prints is shown if it fails.
set -u
cd "$(dirname "$0")/.."
long='mistakes|grade|shapes|workbook'
go=${GO:-go}
export WORKBOOK_SLOW=${WORKBOOK_SLOW:-1}
out=$(mktemp)
trap 'rm -f "$out"' EXIT
trap 'exit 130' INT TERM
status=0

all=$($go list ./chapter60/... ./solutions/... ./testutil/...) || exit
# shellcheck disable=SC2086 # the names are separate arguments
$go test "$@" -count=1 -timeout 30m $(echo "$all" | grep -vE "/testutil/[a-z]+/($long)\$") || status=1

for package in $(echo "$all" | grep -E "/testutil/[a-z]+/($long)\$"); do
	{
		$go test "$@" -v -count=1 -timeout 30m "$package" 2>&1
		echo "exit status $?"
	} | tee "$out" | awk -v name="${package##*/}" '
		/^=== RUN/ { all++ }
		/^ *--- (PASS|FAIL|SKIP)/ && ++n % 20 == 0 { printf "%s: %d of %d tests\n", name, n, all; fflush() }
		/^ *--- FAIL/ { print; fflush() }
		/^ok / { print }'
	if [ "$(tail -n 1 "$out")" != "exit status 0" ]; then
		status=1
		grep -vE '^=== |^ *--- (PASS|SKIP)' "$out"
	fi
done
exit $status
