#!/bin/sh
# No program of a current Go starts under Wine 8.0 of Debian 12: the runtime needs
# bcryptprimitives.dll, which Windows has and this Wine has not.
#
# Seen with wine64 and libwine 8.0~repack-4 (Debian 12) and go1.26.8, November 2026. A program
# that only prints "started" prints instead:
#
#	fatal error: bcryptprimitives.dll not found
#	runtime: panic before malloc heap initialized
#
# and exits with status 2. The folder of Wine's libraries has bcrypt.dll, but not that one. The
# same program built with go1.20.14 prints "started": later releases take random numbers from
# ProcessPrng of that library.
#
# A library with that one function, built with MinGW and put into drive_c/windows/system32 of
# the Wine prefix, is enough to start them (see wine-go-removeall.sh).
#
# The script exits with status 0 if this is still so, and with 1 if it has changed. It needs
# the two Debian packages and takes half a minute.
set -eu
for deb in wine64 libwine; do
	if [ "$(dpkg-query -W -f '${Version}' $deb 2>/dev/null)" != 8.0~repack-4 ]; then
		echo "needs the Debian package $deb=8.0~repack-4" >&2
		exit 1
	fi
done
dir=$(mktemp -d)
trap 'WINEPREFIX=$dir/prefix /usr/lib/wine/wineserver -k 2>/dev/null || :; rm -rf "$dir"' EXIT
cd "$dir"
export WINEPREFIX="$dir/prefix" WINEDEBUG=-all
cat >go.mod <<'EOF'
module start

go 1.20
EOF
cat >main.go <<'EOF'
package main

import "os"

func main() {
	os.Stdout.WriteString("started\n")
}
EOF
timeout 200 /usr/lib/wine/wine64 wineboot -i >boot 2>&1 || { cat boot >&2; exit 1; }
for version in go1.20.14 go1.26.8; do
	GOTOOLCHAIN=$version GOOS=windows GOARCH=amd64 CGO_ENABLED=0 go build -o program.exe .
	status=0
	timeout 60 /usr/lib/wine/wine64 program.exe >out 2>&1 || status=$?
	grep -E '^(started|fatal error)' out | tr -d '\r' | sed "s/^/$version: status $status: /" >>got || :
done
cat >want <<'EOF'
go1.20.14: status 0: started
go1.26.8: status 2: fatal error: bcryptprimitives.dll not found
EOF
diff -u want got || { echo "changed" >&2; exit 1; }
echo "as before"
