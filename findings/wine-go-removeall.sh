#!/bin/sh
# Under Wine 8.0, os.RemoveAll and os.Root's Remove fail with "Invalid function", and os.Remove
# of the same file works.
#
# Seen with wine64 and libwine 8.0~repack-4 (Debian 12), go1.26.8 and go1.27.4 for
# windows/amd64, November 2026:
#
#	RemoveAll: unlinkat …\file: Invalid function.
#	Root.Remove: removeat file: Invalid function.
#	Remove: <nil>
#
# Package os removes relative to an open folder by NtSetInformationFile with a class of
# information that this Wine does not know. For Windows older than 10, which does not know it
# either, package os tries the older class, but only after the errors of those Windows, and
# Wine's error is another one. os.Remove calls DeleteFile, which Wine has.
#
# So each test that calls t.TempDir fails at its end, "TempDir RemoveAll cleanup", whatever it
# tests.
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
cat >prng.c <<'EOF'
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size)
{
	return RtlGenRandom(data, size);
}
EOF
cat >go.mod <<'EOF'
module remove

go 1.26
EOF
cat >main.go <<'EOF'
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
)

func main() {
	dir, err := os.MkdirTemp("", "remove")
	if err != nil {
		log.Fatal(err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		log.Fatal(err)
	}
	fmt.Println("RemoveAll:", cause(os.RemoveAll(dir)))
	root, err := os.OpenRoot(dir)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("Root.Remove:", cause(root.Remove("file")))
	root.Close()
	fmt.Println("Remove:", cause(os.Remove(file)))
}

// cause returns err without the name of the file.
func cause(err error) error {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		return pathErr.Err
	}
	return err
}
EOF
cat >want <<'EOF'
RemoveAll: Invalid function.
Root.Remove: Invalid function.
Remove: <nil>
EOF
timeout 200 /usr/lib/wine/wine64 wineboot -i >boot 2>&1 || { cat boot >&2; exit 1; }
x86_64-w64-mingw32-gcc -shared -o prefix/drive_c/windows/system32/bcryptprimitives.dll prng.c -ladvapi32
for version in go1.26.8 go1.27.4; do
	GOTOOLCHAIN=$version GOOS=windows GOARCH=amd64 CGO_ENABLED=0 go build -o program.exe .
	timeout 60 /usr/lib/wine/wine64 program.exe 2>&1 | tr -d '\r' >got
	diff -u want got || { echo "changed with $version" >&2; exit 1; }
	echo "as before with $version"
done
