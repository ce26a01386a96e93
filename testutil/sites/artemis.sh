#!/usr/bin/env bash
# Grades a submission on Artemis, as the build script of a Go exercise whose repository of tests
# is the workbook. The README beside it says how to set it up.
#
# usage: artemis.sh [ex8.1|ex8.2|all]
set -uo pipefail

workbook=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
folder=${WORKING_FOLDER:-$PWD} # that of the build
result=$folder/test-reports/results.xml
mkdir -p "$folder/test-reports"
rm -f "$result"

# The grader ends with 1 if points are missing, which the result says. A build that fails shows
# the student its log.
status=0
(cd "$workbook" && go tool workbook grade -submission "$folder/assignment" -timeout "${EACH:-180s}" \
	-format junit -o "$result" "${1:-all}") || status=$?
if ((status > 1)) || [[ ! -s $result ]]; then
	echo "artemis.sh: the grader ended with status $status" >&2
	rm -f "$result"
	exit 1
fi
