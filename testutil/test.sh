#!/bin/sh
# Runs all tests of the workbook, and prints how far it is.
#
#	testutil/test.sh [flags of go test]
#
# Most packages take seconds. Those that grade many programs take a minute or more. They print a
# line each time that twenty more of their tests have begun. Two sequences of packages run side by
# side, because the tests of the second wait much of the time. These are the kinds of FTP servers,
# the known mistakes and the shapes. What a package prints is shown if it fails.
#
# The race detector watches the suites and the grader in the first sequence. In the second, it
# would watch the same code again, at three times the processor time. A program that is graded
# there for its data race is built with it in any case.
set -u
cd "$(dirname "$0")/.."
go=${GO:-go}
slow=${WORKBOOK_SLOW:-1}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'trap "" TERM; kill 0; exit 130' INT TERM # what runs in the background ignores Ctrl-C

# long tests packages that take long, one after another: long "flags of go test" package...
long() {
	flags=$1 failed=0
	shift
	for package; do
		name=${package##*/}
		# shellcheck disable=SC2086 # the flags are separate arguments
		{
			WORKBOOK_SLOW=$slow $go test $flags -v -count=1 -timeout 30m "$package" 2>&1
			echo "exit status $?"
		} | tee "$dir/$name" | awk -v name="$name" '
			/^ *=== RUN/ { all++; begun++ } # indented: in a process that a test has started
			/^ *=== PAUSE/ { begun-- } # until others have ended
			/^ *=== CONT/ { begun++ }
			/^ *(=== CONT|---)/ && begun >= shown + 20 { shown = begun; printf "%s: %d of %d tests have begun\n", name, begun, all; fflush() }
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
graders=$(echo "$all" | grep -E '/(grader/grade|cmd/workbook)$')
waiting=$(echo "$all" | grep -E '/(suites/ftptest|grader/mistakes|checks/shapes)$')
short=$(echo "$all" | grep -vE '/(grader/grade|cmd/workbook|grader/mistakes|checks/shapes)$')
# shellcheck disable=SC2086 # the names are separate arguments
{
	long "$(echo "$*" | sed 's/-race//')" $waiting &
	beside=$!
	# The suite of FTP is in both sequences: with a few kinds of servers in the first.
	status=0
	WORKBOOK_SLOW= $go test "$@" -count=1 -timeout 30m $(echo "$short" | grep /suites/ftptest$) || status=1
	WORKBOOK_SLOW=$slow $go test "$@" -count=1 -timeout 30m $(echo "$short" | grep -v /suites/ftptest$) || status=1
	long "$*" $graders || status=1
	wait $beside || status=1
}
exit $status
