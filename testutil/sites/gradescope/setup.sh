#!/usr/bin/env bash
# Prepares the image in which Gradescope grades. Gradescope runs it as root, when it
# builds the image.
#
# It installs Go in the version that go.mod wants, a C compiler for the race
# detector, and the clients that the tests use. Then it grades the stubs, which builds
# all there is to build, and shows that the grader works.
set -euo pipefail

root=${WORKBOOK_ROOT:-} # where the system begins: for tests
cd "$root/autograder/source"
# shellcheck source=testutil/sites/gradescope/environment.sh
source testutil/sites/gradescope/environment.sh

# The clients that the tests use, as in .ci/run: program:package.
clients=(nc:netcat-openbsd tnftp:tnftp inetutils-ftp:inetutils-ftp lftp:lftp
	ncftpget:ncftp curl:curl wget:wget rclone:rclone python3:python3)
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends ca-certificates gcc libc6-dev tzdata "${clients[@]#*:}"
for client in "${clients[@]%%:*}"; do
	if ! command -v "$client" >/dev/null; then
		echo "setup.sh: there is no $client, although its package is installed" >&2
		exit 1
	fi
done

# Go comes with the sum that its makers publish.
version=go$(awk '$1 == "go" { print $2 }' go.mod)
if [[ $(go env GOVERSION 2>/dev/null) != "$version" ]]; then
	archive=$version.linux-$(dpkg --print-architecture).tar.gz
	temp=$(mktemp -d)
	curl -fsSL --retry 3 -o "$temp/$archive" "https://go.dev/dl/$archive"
	sum=$(curl -fsSL --retry 3 "https://dl.google.com/go/$archive.sha256")
	(cd "$temp" && echo "$sum  $archive" | sha256sum --check --quiet)
	rm -rf "$root/usr/local/go"
	tar -C "$root/usr/local" -xzf "$temp/$archive"
	rm -rf "$temp"
fi

# The stubs earn nothing, so the grader ends with status 1.
go mod download
results=$(mktemp -d)
status=0
go tool workbook grade -submission . -format gradescope -o "$results/results.json" all || status=$?
if ((status != 1)) || [[ ! -s $results/results.json ]]; then
	echo "setup.sh: the grading of the stubs ended with status $status, want 1 and a results.json" >&2
	exit 1
fi
rm -rf "$results"
