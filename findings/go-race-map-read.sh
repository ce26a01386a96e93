#!/bin/sh
# The race detector of Go 1.27 leaves out the function that reads a map: its report names the
# line that calls this function, perhaps in another file.
#
# Seen with go1.27.4 linux/amd64, November 2026. Two goroutines call count, which reads and writes
# a map in one line. The stack of the read is
#
#	runtime.mapaccess2_faststr()
#	runtime.mapaccess1_faststr()
#	main.visit()
#
# and main.count is missing between the last two. The stack of the write has it. With go1.26.8,
# both have it: the read is reported by mapaccess1 itself. In Go 1.27, mapaccess1 calls mapaccess2,
# which reports its own caller in place of the function that reads the map. A map that is read
# as "v, ok := m[k]" is not affected.
#
# So who looks for the mistake at the place of the read looks in the wrong function.
#
# The script exits with status 0 if this is still so, and with 1 if it has changed. It needs a
# network the first time, for the two releases of Go, and a C compiler, and takes a minute.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >go.mod <<'EOT'
module race

go 1.26
EOT
cat >main.go <<'EOT'
package main

import "sync"

var visits = make(map[string]int)

func main() {
	var group sync.WaitGroup
	for range 2 {
		group.Go(visit)
	}
	group.Wait()
}

func visit() {
	count("a")
}

//go:noinline
func count(name string) {
	visits[name]++
}
EOT
cat >want <<'EOT'
go1.26.8: runtime.mapaccess1_faststr() main.count() main.visit()
go1.27.4: runtime.mapaccess2_faststr() runtime.mapaccess1_faststr() main.visit()
EOT
for version in go1.26.8 go1.27.4; do
	GOTOOLCHAIN=$version CGO_ENABLED=1 go build -race -o program .
	for _ in 1 2 3 4 5 6 7 8 9 10; do # the goroutine that comes second may have met no race
		./program >out 2>&1 || :
		stack=$(awk '/^(Read|Previous read) at/ { read = 1; next } read && /^$/ { exit } read && /^  [a-z].*\(\)$/ { print $1 }' out)
		[ -z "$stack" ] || break
	done
	echo "$version:" $stack >>got
done
diff -u want got || { echo "changed" >&2; exit 1; }
echo "as before"
