#!/bin/sh
# Builds and vets all packages with their tests, for this machine and for the systems and
# processors below, and prints each when it is done.
#
#	testutil/vet.sh
#
# Nothing is linked or run: go vet compiles what others import, and checks the types of all,
# the tests included. What has not changed comes from the build cache.
set -u
cd "$(dirname "$0")/.." || exit
go=${GO:-go}
status=0

$go vet ./... || status=1
for target in linux/386 linux/arm linux/arm64 linux/riscv64 linux/s390x darwin/arm64 windows/amd64 windows/arm64 freebsd/amd64; do
	if GOOS=${target%/*} GOARCH=${target#*/} CGO_ENABLED=0 $go vet ./...; then
		echo "vetted for $target"
	else
		echo "go vet fails for $target" >&2
		status=1
	fi
done
exit $status
