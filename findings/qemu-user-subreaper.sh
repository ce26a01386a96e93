#!/bin/sh
# qemu-user refuses prctl(PR_SET_CHILD_SUBREAPER) with EINVAL, as if the kernel had no such
# option, and passes on the other options of this kind.
#
# Seen with qemu-user-static 1:7.2+dfsg-7+deb12u18+b3 (Debian 12), programs of go1.26.8 for
# linux/arm, arm64 and s390x, on Linux 6 of amd64, November 2026:
#
#	PR_SET_CHILD_SUBREAPER: invalid argument
#	PR_SET_PDEATHSIG: ok
#	PR_SET_NO_NEW_PRIVS: ok
#
# The kernel that qemu-user runs on has had the option since Linux 3.4, and the same program
# for amd64 prints "ok" three times. A Go program cannot see from runtime.GOOS, GOARCH or
# uname that it runs under qemu-user, so a call that "cannot fail on Linux" fails there.
#
# The kit becomes a subreaper to end the processes that a tested program has left.
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
module subreaper

go 1.26
EOF
cat >main.go <<'EOF'
package main

import (
	"fmt"
	"syscall"
)

func main() {
	for _, option := range []struct {
		name       string
		number, to uintptr
	}{
		{"PR_SET_CHILD_SUBREAPER", 36, 1},
		{"PR_SET_PDEATHSIG", 1, uintptr(syscall.SIGKILL)},
		{"PR_SET_NO_NEW_PRIVS", 38, 1},
	} {
		_, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, option.number, option.to, 0, 0, 0, 0)
		if errno != 0 {
			fmt.Printf("%s: %v\n", option.name, errno)
			continue
		}
		fmt.Printf("%s: ok\n", option.name)
	}
}
EOF
cat >want <<'EOF'
PR_SET_CHILD_SUBREAPER: invalid argument
PR_SET_PDEATHSIG: ok
PR_SET_NO_NEW_PRIVS: ok
EOF
export GOTOOLCHAIN=go1.26.8 GOOS=linux CGO_ENABLED=0
for arch in arm arm64 s390x; do
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
	sed 's/: invalid argument/: ok/' want | diff -u - got || { echo "changed without qemu-user" >&2; exit 1; }
fi
