#!/bin/sh
# os.Root opens no file of 2 GiB or more on 32-bit Linux, though os.Open does.
#
# Seen with go1.26.8 and go1.27.4, GOOS=linux GOARCH=386 (which 64-bit x86 Linux runs as it
# is), on ext4, November 2026:
#
#	os.Open: <nil>
#	Root.Open: openat large: value too large for defined data type
#	Root.OpenFile: openat large: value too large for defined data type
#	OpenInRoot: openat large: value too large for defined data type
#	Root.Lstat: size 2147483648, <nil>
#
# os.Open passes O_LARGEFILE to openat, and package os does not in the methods of Root. Stat
# and Lstat of a Root work, so that a server lists such a file with its right size and cannot
# send it. The error is EOVERFLOW: errors.Is(err, fs.ErrNotExist) is false.
#
# The script exits with status 0 if this is still so, and with 1 if it has changed.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >go.mod <<'EOF'
module large

go 1.26
EOF
cat >main.go <<'EOF'
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
)

func main() {
	dir := os.Args[1]
	if err := os.WriteFile(filepath.Join(dir, "large"), nil, 0o600); err != nil {
		log.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(dir, "large"), 2<<30); err != nil { // takes no space
		log.Fatal(err)
	}
	_, err := os.Open(filepath.Join(dir, "large"))
	fmt.Printf("os.Open: %v\n", err)
	root, err := os.OpenRoot(dir)
	if err != nil {
		log.Fatal(err)
	}
	_, err = root.Open("large")
	fmt.Printf("Root.Open: %v\n", err)
	_, err = root.OpenFile("large", os.O_RDWR, 0)
	fmt.Printf("Root.OpenFile: %v\n", err)
	_, err = os.OpenInRoot(dir, "large")
	fmt.Printf("OpenInRoot: %v\n", err)
	info, err := root.Lstat("large")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("Root.Lstat: size %d, %v\n", info.Size(), err)
}
EOF
for version in go1.26.8 go1.27.4; do
	GOTOOLCHAIN=$version GOOS=linux GOARCH=386 CGO_ENABLED=0 go build -o large .
	mkdir files
	./large files >got
	rm -r files
	cat >want <<'EOF'
os.Open: <nil>
Root.Open: openat large: value too large for defined data type
Root.OpenFile: openat large: value too large for defined data type
OpenInRoot: openat large: value too large for defined data type
Root.Lstat: size 2147483648, <nil>
EOF
	diff -u want got || { echo "changed with $version" >&2; exit 1; }
	echo "as before with $version"
done
