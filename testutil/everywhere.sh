#!/usr/bin/env bash
# Runs the workbook on other processors, systems, Go releases and small machines, and prints a
# table of what ran.
#
#	testutil/everywhere.sh [name ...]
#
# Without names, all rows run, which takes hours: most of that is emulation. A row is a function
# below. It ends with status 0 if the tests pass, or if the grader gives four sets of programs the
# verdicts that it gives them on this machine. What a row needs is not installed: without that,
# the row is skipped, and says what is missing.
set -u
cd "$(dirname "$0")/.." || exit
go=${GO:-go}
export GORACE=atexit_sleep_ms=0

# The rows in their order: name, longest time, what runs.
rows=(
	"cross|20m|go vet of all packages with their tests for nine systems and processors"
	"386|60m|all tests, on a 32-bit processor (GOARCH=386)"
	"arm|120m|kit, suites and solutions, and the grading, on a 32-bit processor in qemu-user"
	"arm64|120m|kit, suites and solutions, and the grading, in qemu-user"
	"s390x|120m|kit, suites and solutions, and the grading, on a big-endian processor in qemu-user"
	"wine|120m|kit, suites and solutions for Windows, and the grading, in Wine"
	"oldest|60m|all tests with the oldest Go that go.mod allows"
	"newest-1.26|60m|all tests with the newest release of Go 1.26"
	"newest|60m|all tests with the newest release of Go"
	"musl|20m|the grading where there is only Go: no C library, no shell, no other program"
	"user|60m|all tests as an ordinary user"
	"small|20m|the grading with half a processor and 768 MB"
	"no-git|10m|the grading without git"
	"no-cgo|10m|the grading without cgo and without a C compiler"
	"no-make|10m|the grading without make"
	"offline|10m|the grading without a network, with the modules in the cache"
	"read-only|10m|the grading in a folder that cannot be written"
	"spaces|10m|the grading in a folder with spaces in its name"
	"no-home|10m|the grading without HOME"
)

# missing skips a row, since it needs what is not here.
missing() {
	echo "skipped: $*"
	exit 77
}

# needs skips a row unless there are commands of these names.
needs() {
	local command
	for command; do
		command -v "$command" >/dev/null || missing "no $command"
	done
}

root() { [ "$(id -u)" = 0 ] || missing "not root"; }

# kit, suites and solutions are the packages that students and their programs meet.
packages=(
	./chapter60/... ./solutions/ex8.1/... ./solutions/ex8.2/ftpd ./solutions/ex8.2/ftp
	./testutil/kit/... ./testutil/suites/... ./testutil/grader/report
)

# copies writes copies of the workbook into a folder: one with the stubs, one with the solutions
# in their place, and some with known mistakes.
mistakes=(
	"without-go clock2-no-go wall-reads-in-turn ftpd-no-go"
	"others clock2-keeps-a-goroutine-a-client wall-panics ftpd-missing-file-is-fatal"
)
copies() {
	local to=$1 set patch program dir
	mkdir -p "$to/stubs"
	git ls-files -z | xargs -0 cp --parents -t "$to/stubs"
	cp -R "$to/stubs" "$to/solutions"
	for program in ex8.1/clock2 ex8.1/clockwall ex8.2/ftpd; do
		cp $(ls solutions/$program/*.go | grep -v _test.go) "$to/solutions/exercises/$program/"
	done
	for set in "${mistakes[@]}"; do
		set -- $set
		cp -R "$to/solutions" "$to/$1"
		dir=$to/$1/exercises
		shift
		for patch; do
			patch=testutil/grader/mistakes/testdata/$patch.patch
			program=$(sed -n 's/^program: solutions.//p' "$patch")
			sed '1,/^$/d' "$patch" | (cd "$dir/$program" && GIT_CEILING_DIRECTORIES=$dir git apply --recount -C1 - 2>/dev/null) || return
		done
	done
}

# verdicts prints the verdict of each case of a copy, one to a line. Arguments before the folder
# are the command that grades; without them it is that of the workbook.
verdicts() {
	local command=($go tool workbook)
	[ $# -gt 1 ] && command=("${@:1:$#-1}")
	(cd "${*: -1}" && "${command[@]}" grade -format json all 2>"$work/stderr") >"$work/json"
	jq -r '.programs[] as $p | $p.parts[] as $part | $part.cases[] |
		"\($p.name)/\($part.test)/\(.name) \(.verdict)"' "$work/json" || {
		cat "$work/stderr"
		return 1
	}
}

# here keeps what the grader says on this machine of the copies, with cgo (1) or without (0).
here() {
	local cgo=$1 copy
	[ -e "$work/here-$cgo" ] && return
	mkdir "$work/here-$cgo"
	for copy in "$work"/copies/*; do
		CGO_ENABLED=$cgo verdicts "$copy" >"$work/here-$cgo/${copy##*/}" || return
	done
}

# by_nature are cases of copies, COPY:CASE, on which the verdict differs where a row runs, by the
# nature of that system.
by_nature=()

# grades grades copies, which stand in a folder, with the command that follows, and compares the
# verdicts with those of this machine. Cases that need what is not there are not compared, and
# are counted. Nor are those of by_nature.
grades() {
	local cgo=$1 folder=$2 copy name status=0 unchecked=0 n
	shift 2
	here "$cgo" || return
	for copy in "$folder"/*; do
		name=${copy##*/}
		CGO_ENABLED=$cgo verdicts "$@" "$copy" >"$work/there" || return
		n=$(grep -c ' not checked$' "$work/there")
		unchecked=$((unchecked + n - $(grep -c ' not checked$' "$work/here-$cgo/$name")))
		printf '%s\n' "${by_nature[@]}" | sed -n "s/^$name://p" >"$work/differ"
		grep -v ' not checked$' "$work/there" | cut -d' ' -f1 | grep -vxFf "$work/differ" >"$work/checked"
		diff <(grep -wFf "$work/checked" "$work/here-$cgo/$name") <(grep -wFf "$work/checked" "$work/there") >"$work/diff" || {
			echo "$name: verdicts differ: < here, > there"
			cat "$work/diff"
			status=1
		}
	done
	echo "graded $(cd "$folder" && echo *); $unchecked cases more not checked than here, ${#by_nature[@]} not compared"
	return $status
}

# path_without prints a PATH in which some commands are missing.
path_without() {
	local bin="$work/bin-$1" dir command
	mkdir -p "$bin"
	for dir in ${PATH//:/ }; do
		ln -s "$dir"/* "$bin" 2>/dev/null
	done
	for command; do
		rm -f "$bin/$command"
	done
	echo "$bin"
}

row_cross() { testutil/vet.sh complete; }

row_386() { GOARCH=386 CGO_ENABLED=0 testutil/test.sh; }

# emulated runs the tests and the grading on another processor. The kernel starts its programs
# with qemu-user, whose names for processors are others than Go's.
emulated() {
	local arch=$1 qemu=$2 conf=/usr/lib/binfmt.d/qemu-$2.conf registry=/proc/sys/fs/binfmt_misc
	if [ ! -e $registry/qemu-$qemu ]; then
		root
		[ -e "$conf" ] || missing "no $conf (Debian: qemu-user-static)"
		[ -e $registry/register ] || mount -t binfmt_misc binfmt_misc $registry || missing "the kernel has no binfmt_misc"
		tr -d '\n' <"$conf" >$registry/register || return
		trap "echo -1 >$registry/qemu-$qemu" RETURN
	fi
	here 0 || return
	export GOARCH=$arch CGO_ENABLED=0
	WORKBOOK_PATIENCE=2m $go test -timeout 60m "${packages[@]}" || return
	GOARCH=$arch $go build -o "$work/workbook-$arch" ./testutil/cmd/workbook || return
	grades 0 "$work/copies" "$work/workbook-$arch"
}

row_arm() { emulated arm arm; }
row_arm64() { emulated arm64 aarch64; }
row_s390x() { emulated s390x s390x; }

# row_wine runs the tests of Windows in Wine 8, and then the grading, which needs Go for Windows. Wine
# lacks two things. A program of Go takes its random numbers from a library that is not there, so a
# small one is built, which has them from Wine. And Wine cannot remove a file as package os does it
# on Windows 10, so package os is told, by a variable that is there for its own tests, to do it as
# on older ones.
row_wine() {
	needs x86_64-w64-mingw32-gcc
	local wine=/usr/lib/wine/wine64 goroot=$work/goroot dir exe tool status=0
	# To Windows, a name of a blank is that of the folder: this program does not find it missing.
	local by_nature=(others:ftpd/TestRobust/survives_commands_without_their_arguments)
	# Wine's taskkill ends no children, and of a connection that is reset Wine tells that it has ended.
	local lacking='^(TestStopEndsWhatTheProgramHasStarted|TestResetOfADataConnection)$'
	[ -x $wine ] || missing "no $wine (Debian: wine64)"
	here 0 || return
	export WINEPREFIX=$work/wine WINEDEBUG=-all
	$wine wineboot -i >/dev/null 2>&1 || return
	trap "$wine wineboot -k" RETURN
	cat >"$work/prng.c" <<-'EOF'
		#include <windows.h>
		#include <ntsecapi.h>

		__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size)
		{
			return RtlGenRandom(data, size);
		}
	EOF
	x86_64-w64-mingw32-gcc -shared -o "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" "$work/prng.c" -ladvapi32 || return
	[ -e "$goroot" ] || cp -R "$($go env GOROOT)" "$goroot" || return
	sed -i 's/^var TestDeleteatFallback bool$/var TestDeleteatFallback = true/' "$goroot/src/internal/syscall/windows/at_windows.go"
	export GOROOT=$goroot GOTOOLCHAIN=local GOOS=windows GOARCH=amd64 CGO_ENABLED=0 go=$goroot/bin/go
	# What the go command needs to build a test, which it starts beside itself.
	for tool in asm compile link vet; do
		$go build -o "$goroot/pkg/tool/windows_amd64/$tool.exe" "cmd/$tool" || return
	done
	$go build -o "$goroot/bin/go.exe" cmd/go && $go build -o "$work/workbook.exe" ./testutil/cmd/workbook || return
	cat >"$work/in-wine" <<-EOF
		#!/bin/sh
		export GOROOT='Z:$goroot' WINEPATH='Z:$goroot/bin' GOCACHE='Z:$work/wine-cache' GOMODCACHE='Z:$($go env GOMODCACHE)' GOPROXY=off
		exec $wine "\$@"
	EOF
	chmod +x "$work/in-wine"
	# With -trimpath the files of a test have the same names in Wine as here.
	for dir in $($go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.Dir}}{{end}}' "${packages[@]}"); do
		exe=$work/${dir##*/}.test.exe
		$go test -trimpath -c -o "$exe" "$dir" || return
		(cd "$dir" && timeout 30m "$work/in-wine" "$exe" -test.v -test.skip "$lacking" </dev/null) >"$work/windows" 2>&1 || {
			echo "$dir:"
			grep -E '^ *--- FAIL|^panic' "$work/windows"
			status=1
		}
		echo "$dir: $(grep -cE '^ *--- PASS' "$work/windows") tests pass"
		rm "$exe"
	done
	grades 0 "$work/copies" "$work/in-wine" "$work/workbook.exe" || status=1
	return $status
}

release() { GOTOOLCHAIN=$1 $go version && GOTOOLCHAIN=$1 testutil/test.sh; }

# newest prints the newest release of Go whose name begins so.
newest() {
	(cd / && $go list -m -versions golang.org/toolchain) | tr ' ' '\n' |
		sed -n 's/^v0.0.1-\(go[0-9.]*\)\.linux-amd64$/\1/p' | grep "^$1" | sort -V | tail -n 1
}

row_oldest() { release "go$(sed -n 's/^go //p' go.mod)"; }
row_newest-1.26() { release "$(newest go1.26)"; }
row_newest() { release "$(newest go1)"; }

row_musl() {
	root
	local folder=$work/root goroot cache
	goroot=$($go env GOROOT)
	mkdir -p "$folder"/{dev,proc,tmp,go} "$folder$(dirname "$goroot")"
	cp -R "$goroot" "$folder$goroot"
	copies "$folder/copies" || return
	cache=$($go env GOMODCACHE)
	GOMODCACHE=$folder/go/mod $go mod download || return
	(
		unshare -m bash -c '
			mount -t proc proc "$0/proc" && touch "$0/dev/null" "$0/dev/urandom" &&
			mount --bind /dev/null "$0/dev/null" && mount --bind /dev/urandom "$0/dev/urandom" &&
			for copy in "$0"/copies/*; do
				env -i PATH="$1/bin" HOME=/go GOPATH=/go GOMODCACHE=/go/mod GOTOOLCHAIN=local CGO_ENABLED=0 \
				chroot "$0" "$1/bin/go" -C "/copies/${copy##*/}" tool workbook grade -format json all >"$0/${copy##*/}.json"
			done' "$folder" "$goroot"
	)
	grades 0 "$folder/copies" "$work/shown" "$folder"
}

row_user() {
	[ "$(id -u)" = 0 ] || {
		testutil/test.sh
		return
	}
	local folder=$work/user user=65534 # the last of Debian's own, since some clients want an account
	id -nu $user >/dev/null 2>&1 || missing "no user $user"
	mkdir -p "$folder"/{home,tmp}
	copies "$folder" && GOMODCACHE=$folder/mod $go mod download && chmod 755 "$work" && chown -R $user:$user "$folder" &&
		cd "$folder/stubs" && setpriv --reuid $user --regid $user --clear-groups \
		env HOME="$folder/home" TMPDIR="$folder/tmp" GOPATH="$folder/home" GOMODCACHE="$folder/mod" GOCACHE="$folder/home/cache" testutil/test.sh -race
}

# small grades in half a processor and 768 MB of memory, within two minutes for each copy.
row_small() {
	root
	local group=/sys/fs/cgroup
	if [ -e $group/cgroup.controllers ]; then
		mkdir -p $group/workbook && echo "50000 100000" >$group/workbook/cpu.max && echo 768M >$group/workbook/memory.max || return
		set -- $group/workbook
	else
		mkdir -p $group/{cpu,memory}/workbook && echo 50000 >$group/cpu/workbook/cpu.cfs_quota_us &&
			echo 768M >$group/memory/workbook/memory.limit_in_bytes || return
		set -- $group/{cpu,memory}/workbook
	fi
	here 1 || return
	printf '#!/bin/sh\nfor group in %s; do echo $$ >"$group/cgroup.procs"; done\nexec timeout 120 %s tool workbook "$@"\n' "$*" "$go" >"$work/small"
	chmod +x "$work/small"
	grades 1 "$work/copies" "$work/small"
	local status=$?
	rmdir "$@"
	return $status
}

# without grades with a PATH in which some commands are missing.
without() {
	local cgo=$1
	shift
	here "$cgo" || return
	PATH=$(path_without "$@") grades "$cgo" "$work/copies"
}

row_no-git() { without 1 git; }
row_no-cgo() { without 0 gcc cc clang; }
row_no-make() { without 1 make; }

row_offline() {
	root
	needs ip
	$go mod download || return
	printf '#!/bin/sh\nexport GOPROXY=off\nexec unshare -n sh -c '\''ip link set lo up && exec "$0" "$@"'\'' %s tool workbook "$@"\n' "$go" >"$work/offline"
	chmod +x "$work/offline"
	grades 1 "$work/copies" "$work/offline"
}

row_read-only() {
	root
	printf '#!/bin/sh\nexec unshare -m sh -c '\''mount --bind . . && mount -o remount,ro,bind . && cd "$PWD" && ! touch x 2>/dev/null && exec "$0" "$@"'\'' %s tool workbook "$@"\n' "$go" >"$work/read-only"
	chmod +x "$work/read-only"
	grades 1 "$work/copies" "$work/read-only"
}

row_spaces() {
	local folder="$work/a folder with spaces"
	copies "$folder" && grades 1 "$folder"
}

row_no-home() {
	printf '#!/bin/sh\nexport GOCACHE=%s GOPATH=%s\nunset HOME XDG_CACHE_HOME\nexec %s tool workbook "$@"\n' "$($go env GOCACHE)" "$($go env GOPATH)" "$go" >"$work/no-home"
	chmod +x "$work/no-home"
	grades 1 "$work/copies" "$work/no-home"
}

# The script runs each row as a process of its own, which ends after the row's longest time:
# everywhere.sh --row NAME FOLDER.
if [ "${1-}" = --row ]; then
	work=$3
	"row_$2"
	exit
fi

for name; do
	[[ " ${rows[*]/%|*/ } " == *" $name "* ]] || {
		echo "everywhere.sh: no row is called $name; the rows are ${rows[*]/%|*/}" >&2
		exit 2
	}
done
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
job=
trap '[ -z "$job" ] || { kill "$job"; wait "$job"; }; exit 130' INT TERM
copies "$work/copies" || exit
failed=0
echo "$(date -u +%F), $($go version | cut -d' ' -f3-), $(uname -sr), $(nproc) processors:"
echo
echo "| name | what runs | result | time |"
echo "|---|---|---|---|"
for row in "${rows[@]}"; do
	IFS='|' read -r name longest what <<<"$row"
	[ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
	began=$SECONDS
	# In the foreground, timeout would keep Ctrl-C from the row. Without set -m, a process in the
	# background would ignore Ctrl-C, and so would the programs of the tests.
	set -m
	timeout --kill-after 10 "$longest" testutil/everywhere.sh --row "$name" "$work" >"$work/out" 2>&1 </dev/null &
	job=$!
	set +m
	wait "$job"
	status=$?
	job=
	took=$((SECONDS - began))
	case $status in
	0) result="as here" ;;
	77) result=$(tail -n 1 "$work/out") ;;
	124) result="not ended after $longest" failed=1 ;;
	*) result=failed failed=1 ;;
	esac
	echo "| $name | $what | $result | $((took / 60))m$((took % 60))s |"
	[ "$status" = 0 ] || [ "$status" = 77 ] || {
		grep -E '^ *--- FAIL|^FAIL|^panic:' "$work/out"
		tail -n 60 "$work/out"
	} >&2
done
exit $failed
