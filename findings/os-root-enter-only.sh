#!/bin/sh
# os.Root reaches no file below a directory that may be entered and not read, though os.Open does.
#
# Seen with go1.26.8 and go1.27.4 on Linux amd64 (ext4), as user 65534, November 2026. Directory
# "open" has mode 0711 and another owner, and the file in it has mode 0644:
#
#	os.Open: <nil>
#	os.Stat: <nil>
#	Root.Open: openat open/file: permission denied
#	Root.Stat: statat open/file: permission denied
#	OpenInRoot: openat open/file: permission denied
#	os.Chdir and os.OpenRoot: open .: permission denied
#
# The methods of a Root open each directory of a path to read it. Flag O_PATH of Linux would
# need the permission to enter only, which is all that POSIX asks of a path. Mode 0711 is usual for
# home directories with a public folder, and 0733 for a folder into which others put files.
#
# The script needs root, to have a directory of another owner, and setpriv of the Debian package
# util-linux. It exits with status 0 if this is still so, and with 1 if it has changed.
set -eu
if [ "$(id -u)" != 0 ] || ! command -v setpriv >/dev/null; then
	echo "needs root and the Debian package util-linux" >&2
	exit 1
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
chmod 755 .
cat >go.mod <<'EOF'
module enter

go 1.26
EOF
cat >main.go <<'EOF'
package main

import (
	"fmt"
	"log"
	"os"
)

func main() {
	_, err := os.Open("files/open/file")
	fmt.Printf("os.Open: %v\n", err)
	_, err = os.Stat("files/open/file")
	fmt.Printf("os.Stat: %v\n", err)
	root, err := os.OpenRoot("files")
	if err != nil {
		log.Fatal(err)
	}
	_, err = root.Open("open/file")
	fmt.Printf("Root.Open: %v\n", err)
	_, err = root.Stat("open/file")
	fmt.Printf("Root.Stat: %v\n", err)
	_, err = os.OpenInRoot("files", "open/file")
	fmt.Printf("OpenInRoot: %v\n", err)
	if err := os.Chdir("files/open"); err != nil {
		log.Fatal(err)
	}
	_, err = os.OpenRoot(".")
	fmt.Printf("os.Chdir and os.OpenRoot: %v\n", err)
}
EOF
mkdir -p files/open
echo text >files/open/file
chmod 755 files
chmod 711 files/open
chmod 644 files/open/file
cat >want <<'EOF'
os.Open: <nil>
os.Stat: <nil>
Root.Open: openat open/file: permission denied
Root.Stat: statat open/file: permission denied
OpenInRoot: openat open/file: permission denied
os.Chdir and os.OpenRoot: open .: permission denied
EOF
for version in go1.26.8 go1.27.4; do
	GOTOOLCHAIN=$version CGO_ENABLED=0 go build -o enter .
	setpriv --reuid=65534 --regid=65534 --clear-groups ./enter >got
	diff -u want got || { echo "changed with $version" >&2; exit 1; }
	echo "as before with $version"
done
