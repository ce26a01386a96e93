#!/usr/bin/env bash
# Grades a submission on PrairieLearn, as the entrypoint of an external grader. The README
# beside it says how to set it up.
#
# usage: prairielearn.sh [ex8.1|ex8.2|all]
set -uo pipefail

folder=${GRADE_FOLDER:-/grade}
workbook=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
result=$folder/results/results.json

# The site reads the result only if this script ends with status 0. The grader ends with 1
# if points are missing.
mkdir -p "$folder/results"
rm -f "$result"
status=0
(cd "$workbook" && go tool workbook grade -submission "$folder/student" -timeout "${EACH:-180s}" \
	-format prairielearn -o "$result" "${1:-all}") || status=$?
if ((status > 1)) || [[ ! -s $result ]]; then
	echo "prairielearn.sh: the grader ended with status $status" >&2
	rm -f "$result"
	exit 1
fi
