#!/bin/sh
# Runs all tests of the workbook, and prints how far it is.
#
#	testutil/test.sh [flags of go test]
#
# Most packages take seconds. Those that grade many programs take a minute or more, and every
# twentieth of their tests that ends prints a line. They run beside others, which wait half of the
# time: the kinds of FTP servers beside the short packages, and the known mistakes beside the
# graders. The mistakes are graded without the race detector in the grader itself: it watches the
# grader in the other packages, and a mistake that is a data race is built with it in any case.
# What a package prints is shown if it fails.
set -u
cd "$(dirname "$0")/.."
go=${GO:-go}
export WORKBOOK_SLOW="${WORKBOOK_SLOW:-1}"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'trap "" TERM; kill 0; exit 130' INT TERM # what runs in the background ignores Ctrl-C
status=0

# long tests packages that take long, one after another: long "flags of go test" package...
long() {
	flags=$1 failed=0
	shift
	for package; do
		name=${package##*/}
		# shellcheck disable=SC2086 # the flags are separate arguments
		{
			$go test $flags -v -count=1 -timeout 30m "$package" 2>&1
			echo "exit status $?"
		} | tee "$dir/$name" | awk -v name="$name" '
			/^ *=== RUN/ { all++ } # indented: in a process that a test has started
			/^ *--- (PASS|FAIL|SKIP)/ && ++n % 20 == 0 { printf "%s: %d of %d tests\n", name, n, all; fflush() }
			/^ *--- FAIL/ { print; fflush() }
			/^ok / { print; fflush() }'
		if [ "$(tail -n 1 "$dir/$name")" != "exit status 0" ]; then
			failed=1
			grep -vE '^ *=== |^ *--- (PASS|SKIP)' "$dir/$name"
		fi
	done
	return $failed
}

all=$($go list ./chapter60/... ./solutions/... ./testutil/...) || exit
graders=$(echo "$all" | grep -E '/(grader/grade|checks/shapes|cmd/workbook)$')
mistakes=$(echo "$all" | grep -E '/grader/mistakes$')
kinds=$(echo "$all" | grep -E '/suites/ftptest$')
short=$(echo "$all" | grep -vE '/(grader/grade|grader/mistakes|checks/shapes|cmd/workbook|suites/ftptest)$')
# shellcheck disable=SC2086 # the names are separate arguments
{
	long "$*" $kinds &
	beside=$!
	$go test "$@" -count=1 -timeout 30m $short || status=1
	wait $beside || status=1
	long "$(echo "$*" | sed 's/-race//')" $mistakes &
	beside=$!
	long "$*" $graders || status=1
	wait $beside || status=1
}
exit $status
