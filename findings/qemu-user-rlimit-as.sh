#!/bin/sh
# Under qemu-user, setrlimit(RLIMIT_AS) succeeds and does nothing: getrlimit returns the old
# limit, and a process with "a limit of 1 GiB" maps 2 GiB. RLIMIT_NOFILE works.
#
# Seen with qemu-user-static 1:7.2+dfsg-7+deb12u18+b3 (Debian 12), programs of go1.26.8 for
# linux/arm64 and s390x, on Linux 6 of amd64, November 2026:
#
#	setrlimit RLIMIT_AS: <nil>
#	getrlimit RLIMIT_AS: as set: false
#	mmap of 2 GiB: <nil>
#	setrlimit RLIMIT_NOFILE: <nil>
#	getrlimit RLIMIT_NOFILE: as set: true
#
# The same program for amd64 prints "true" in the second line, and in the third "cannot
# allocate memory". No error tells a supervisor that its limit does not exist.
#
# A memory limit of a grader, and every test of it, says nothing under qemu-user.
#
# The script exits with status 0 if this is still so, and with 1 if it has changed.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
chmod 755 .
deb=qemu-user-static=1:7.2+dfsg-7+deb12u18+b3
apt-get download -q "$deb" >apt 2>&1 || { cat apt >&2; echo "needs the Debian package $deb" >&2; exit 1; }
dpkg -x qemu-user-static_*.deb root
cat >go.mod <<'EOF'
module limit

go 1.26
EOF
cat >main.go <<'EOF'
package main

import (
	"fmt"
	"syscall"
)

func main() {
	set("RLIMIT_AS", syscall.RLIMIT_AS, 1<<30)
	_, err := syscall.Mmap(-1, 0, 2<<30, syscall.PROT_NONE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	fmt.Printf("mmap of 2 GiB: %v\n", err)
	set("RLIMIT_NOFILE", syscall.RLIMIT_NOFILE, 64)
}

// set sets a limit and prints whether it can be read again.
func set(name string, resource int, limit uint64) {
	err := syscall.Setrlimit(resource, &syscall.Rlimit{Cur: limit, Max: limit})
	fmt.Printf("setrlimit %s: %v\n", name, err)
	var got syscall.Rlimit
	if err := syscall.Getrlimit(resource, &got); err != nil {
		fmt.Println(err)
	}
	fmt.Printf("getrlimit %s: as set: %t\n", name, got.Cur == limit)
}
EOF
cat >want <<'EOF'
setrlimit RLIMIT_AS: <nil>
getrlimit RLIMIT_AS: as set: false
mmap of 2 GiB: <nil>
setrlimit RLIMIT_NOFILE: <nil>
getrlimit RLIMIT_NOFILE: as set: true
EOF
export GOTOOLCHAIN=go1.26.8 GOOS=linux CGO_ENABLED=0
for arch in arm64 s390x; do
	GOARCH=$arch go build -o program .
	case $arch in
	arm64) qemu=qemu-aarch64-static ;;
	*) qemu=qemu-$arch-static ;;
	esac
	timeout 60 "root/usr/bin/$qemu" ./program >got
	diff -u want got || { echo "changed for $arch" >&2; exit 1; }
	echo "as before for $arch"
done
if [ "$(uname -m)" = x86_64 ]; then # the kernel itself does it
	GOARCH=amd64 go build -o program .
	timeout 60 ./program >got
	sed -e 's/AS: as set: false/AS: as set: true/' -e 's/^\(mmap.*\): .*/\1: cannot allocate memory/' want |
		diff -u - got || { echo "changed without qemu-user" >&2; exit 1; }
fi
