#!/bin/sh
# go test returns the cached result of another time zone: the variable TZ is not part of the
# key of its cache.
#
# Seen with go1.26.8 and go1.27.4, linux/amd64, November 2026. The test below passes if the
# local time zone is UTC:
#
#	TZ=UTC go test:                 ok  	zone	0.030s
#	TZ=Asia/Tokyo go test:          ok  	zone	(cached)
#	TZ=Asia/Tokyo go test -count=1: zone_test.go:10: zone JST, want UTC
#
# The documentation of the cache ("go help test") says that the environment variables that a
# test consults are part of the key. Package time reads TZ without telling package testing, so
# os.Getenv("TZ") in the test, or anywhere in the program, changes the answer: then the second
# command runs the test.
#
# Exercise 8.1 runs clocks with different TZ. "ok (cached)" says nothing about them.
#
# The script exits with status 0 if this is still so, and with 1 if it has changed.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir zone cache
cd zone
cat >go.mod <<'EOF'
module zone

go 1.26
EOF
cat >zone_test.go <<'EOF'
package zone

import (
	"testing"
	"time"
)

func TestZone(t *testing.T) {
	if name, _ := time.Unix(0, 0).Zone(); name != "UTC" {
		t.Fatalf("zone %s, want UTC", name)
	}
}
EOF
mkdir ../consults
sed 's/module zone/module consults/' go.mod >../consults/go.mod
sed -e 's/^package zone/package consults/' -e 's/^	"testing"/	"os"\n&/' \
	-e 's/^	if name/	t.Log(os.Getenv("TZ"))\n&/' zone_test.go >../consults/zone_test.go

# result prints "cached", "ran" or "failed" for a run of go test.
result() {
	if ! out=$(timeout 300 go test "$@" . 2>&1); then
		case $out in
		*"zone JST, want UTC"*) echo failed ;;
		*) echo "$out" ;;
		esac
		return
	fi
	case $out in
	*"(cached)"*) echo cached ;;
	*) echo ran ;;
	esac
}

export GOCACHE="$dir/cache" GOFLAGS=
for version in go1.26.8 go1.27.4; do
	export GOTOOLCHAIN=$version
	{
		cd ../zone
		echo "UTC: $(TZ=UTC result)"
		echo "Tokyo: $(TZ=Asia/Tokyo result)"
		echo "Tokyo, -count=1: $(TZ=Asia/Tokyo result -count=1)"
		cd ../consults
		echo "UTC, os.Getenv: $(TZ=UTC result)"
		echo "Tokyo, os.Getenv: $(TZ=Asia/Tokyo result)"
	} >../got
	cat >../want <<'EOF'
UTC: ran
Tokyo: cached
Tokyo, -count=1: failed
UTC, os.Getenv: ran
Tokyo, os.Getenv: failed
EOF
	diff -u ../want ../got || { echo "changed with $version" >&2; exit 1; }
	echo "as before with $version"
done
