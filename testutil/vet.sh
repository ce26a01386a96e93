#!/bin/sh
# Vets all packages with their tests for this machine, checks them for the systems and
# processors below, and prints each when it is done.
#
#	testutil/vet.sh [complete]
#
# For another system, go vet first compiles the standard library, which takes more than a
# minute each. So an analyzer of go vet is run alone. It reads all packages from their source,
# and reports what does not compile, in seconds. Without a network to install it, go vet does
# the work. So it does after the argument complete, as in the row cross of everywhere.sh.
set -u
cd "$(dirname "$0")/.." || exit
go=${GO:-go}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
status=0

$go vet ./... || status=1
vet="$go vet"
if [ "${1:-}" != complete ] && GOBIN=$dir $go install golang.org/x/tools/go/analysis/passes/lostcancel/cmd/lostcancel@v0.52.0 2>"$dir/said"; then
	vet=$dir/lostcancel
fi
for target in linux/386 linux/arm linux/arm64 linux/riscv64 linux/s390x darwin/arm64 windows/amd64 windows/arm64 freebsd/amd64; do
	if GOOS=${target%/*} GOARCH=${target#*/} CGO_ENABLED=0 $vet ./...; then
		echo "checked for $target"
	else
		echo "there are errors for $target" >&2
		status=1
	fi
done
exit $status
