# Builds a program with github.com/jlaffaye/ftp, once, and runs it. With the argument
# version it prints the version, if it can be built from the modules that are in the cache;
# with download it fetches them.
set -e
version=v0.2.4
dir=$TMPDIR/jlaffaye
if [ ! -x "$dir/visit" ]; then
	[ "$1" = download ] || export GOPROXY=off GONOSUMDB="*" # what is in the cache has been checked
	mkdir -p "$dir"
	cp "$(dirname "$0")/jlaffaye.go.txt" "$dir/main.go"
	(
		export HOME="${REAL_HOME:-$HOME}" GOFLAGS=-mod=mod GOTOOLCHAIN=local
		cd "$dir"
		go mod init visit
		go mod edit -require "github.com/jlaffaye/ftp@$version"
		go build -o visit .
	) >"$dir/log" 2>&1 || { cat "$dir/log"; exit 1; }
fi
case $1 in
version) echo "$version" ;;
download) ;;
*) exec "$dir/visit" "$@" ;;
esac
