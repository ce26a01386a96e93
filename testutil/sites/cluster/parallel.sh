#!/usr/bin/env bash
# Grades a class with GNU parallel, on this machine or on several: see parallel.md.
#
#	parallel.sh [exercise...]
#
# CLASS, PARTS, SHARDS and FLAGS are as in part.sh. HOSTS are the machines, such as
# "4/:,8/lab1,8/lab2" for 4 parts at a time here and 8 on each of two others; by default it is
# this machine, one part for each two processors.
set -euo pipefail
: "${CLASS:?}" "${PARTS:?}" "${SHARDS:?}"
mkdir -p -- "$PARTS"
export CLASS=$(realpath -- "$CLASS") PARTS=$(realpath -- "$PARTS") SHARDS FLAGS=${FLAGS:-}
part=$(dirname "$(realpath "${BASH_SOURCE[0]}")")/part.sh
if [[ -n ${HOSTS:-} ]]; then
	where=(--sshlogin "$HOSTS")
else
	where=(--jobs 50%)
fi
seq "$SHARDS" | parallel "${where[@]}" --env CLASS --env PARTS --env SHARDS --env FLAGS \
	--retries 3 --joblog "$PARTS/joblog" --resume-failed --line-buffer --tagstring 'part {}' \
	"$part" {} "$@"
