#!/usr/bin/env bash
# Grades one part of a class: part.sh NUMBER [exercise...]
#
#	CLASS    what the course system hands out, a folder or an archive
#	PARTS    a folder that all machines share, for the results
#	SHARDS   how many parts there are
#	FLAGS    more flags of grade -class, the same for all parts; perhaps none
#
# A part that is started again goes on where it ended.
set -uo pipefail
: "${1:?usage: part.sh NUMBER [exercise...]}" "${CLASS:?}" "${PARTS:?}" "${SHARDS:?}"
number=$1
shift
CLASS=$(realpath -- "$CLASS") && mkdir -p -- "$PARTS" && PARTS=$(realpath -- "$PARTS") || exit 2
cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../../.." || exit 2

read -ra flags <<<"${FLAGS:-}"
go tool workbook grade -class "$CLASS" -shard "$number/$SHARDS" \
	-o "$PARTS/part-$number.csv" -html "$PARTS/part-$number.html" "${flags[@]}" "$@"
status=$?
# Status 1 says that something of a student was not found: that is a result, and no reason to
# grade the part again.
((status == 1)) || exit "$status"
