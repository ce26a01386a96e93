#!/bin/sh
# cmp.Diff of two texts in UTF-8 may split a character: it compares long strings byte by
# byte, and prints the halves as \xe2\x94 and \x80.
#
# Seen with github.com/google/go-cmp v0.7.0 and go1.26.8, November 2026, for two lines of
# more than 32 bytes that differ in one box-drawing character:
#
#	  strings.Join({
#	  	"client 1   ●────●────\xe2\x94",
#	- 	"\x80",
#	+ 	"\x8a",
#	  	"●",
#	  }, "")
#
# Of lines that differ much, it prints whole lines. With the option
# cmp.Comparer(func(a, b string) bool { return a == b }), it always does.
#
# The script exits with status 0 if this is still so, and with 1 if it has changed.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >go.mod <<'EOF'
module split

go 1.26

require github.com/google/go-cmp v0.7.0
EOF
cat >main.go <<'EOF'
package main

import (
	"fmt"
	"strings"

	"github.com/google/go-cmp/cmp"
)

func main() {
	want := []string{"client 1   ●────●─────●"}
	got := []string{"client 1   ●────●────┊●"}
	whole := cmp.Comparer(func(a, b string) bool { return a == b })
	fmt.Println("splits:", strings.Contains(cmp.Diff(want, got), `\xe2\x94`))
	fmt.Println("splits with a Comparer:", strings.Contains(cmp.Diff(want, got, whole), `\xe2\x94`))
}
EOF
go mod tidy >/dev/null 2>&1
out=$(go run .)
echo "$out"
[ "$out" = "splits: true
splits with a Comparer: false" ]
