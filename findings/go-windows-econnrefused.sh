#!/bin/sh
# On Windows, errors.Is(err, syscall.ECONNREFUSED) is false for a connection that was refused.
#
# Seen with go1.26.8 for windows/amd64, in Wine 8.0~repack-4 (Debian 12), November 2026. A
# program that dials a port where no program listens prints:
#
#	ECONNREFUSED: false
#	errno 10061: true
#
# Package syscall has ECONNREFUSED, ECONNRESET, EADDRINUSE, EPIPE and ENOSPC on Windows, so
# that programs compile, but with numbers that Windows never returns. The errors of connections
# are those of Winsock, of which package syscall names only a few: WSAECONNRESET and
# WSAECONNABORTED, but not WSAECONNREFUSED (10061) and WSAEADDRINUSE (10048).
#
# So a client that dials again while it is refused, or a server that looks for a free port,
# works everywhere but there.
#
# The script exits with status 0 if this is still so, and with 1 if it has changed. It needs
# the two Debian packages, and gcc-mingw-w64-x86-64-win32 for the library that Go needs to
# start there (see wine-go-needs-bcryptprimitives.sh), and takes half a minute.
set -eu
for deb in wine64 libwine; do
	if [ "$(dpkg-query -W -f '${Version}' $deb 2>/dev/null)" != 8.0~repack-4 ]; then
		echo "needs the Debian package $deb=8.0~repack-4" >&2
		exit 1
	fi
done
if ! command -v x86_64-w64-mingw32-gcc >/dev/null; then
	echo "needs the Debian package gcc-mingw-w64-x86-64-win32" >&2
	exit 1
fi
dir=$(mktemp -d)
trap 'WINEPREFIX=$dir/prefix /usr/lib/wine/wineserver -k 2>/dev/null || :; rm -rf "$dir"' EXIT
cd "$dir"
export WINEPREFIX="$dir/prefix" WINEDEBUG=-all
cat >prng.c <<'EOC'
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size)
{
	return RtlGenRandom(data, size);
}
EOC
cat >go.mod <<'EOC'
module refused

go 1.26
EOC
cat >main.go <<'EOC'
package main

import (
	"errors"
	"fmt"
	"log"
	"net"
	"syscall"
)

func main() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	ln.Close()
	_, err = net.Dial("tcp", ln.Addr().String())
	fmt.Println("ECONNREFUSED:", errors.Is(err, syscall.ECONNREFUSED))
	fmt.Println("errno 10061:", errors.Is(err, syscall.Errno(10061)))
}
EOC
cat >want <<'EOC'
ECONNREFUSED: false
errno 10061: true
EOC
timeout 200 /usr/lib/wine/wine64 wineboot -i >boot 2>&1 || { cat boot >&2; exit 1; }
x86_64-w64-mingw32-gcc -shared -o prefix/drive_c/windows/system32/bcryptprimitives.dll prng.c -ladvapi32
GOTOOLCHAIN=go1.26.8 GOOS=windows GOARCH=amd64 CGO_ENABLED=0 go build -o program.exe .
timeout 60 /usr/lib/wine/wine64 program.exe 2>&1 | tr -d '\r' >got
diff -u want got || { echo "changed" >&2; exit 1; }
echo "as before"
