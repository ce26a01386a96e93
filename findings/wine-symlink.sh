#!/bin/sh
# Under Wine 8.0, CreateSymbolicLinkW returns TRUE, and makes no link.
#
# Seen with wine64 and libwine 8.0~repack-4 (Debian 12), November 2026:
#
#	CreateSymbolicLinkW: 1
#	GetFileAttributesW: error 2
#
# Error 2 is ERROR_FILE_NOT_FOUND. On Windows the call fails with ERROR_PRIVILEGE_NOT_HELD for a
# user who may not make links, and otherwise there is a link. So os.Symlink of Go returns nil
# under Wine. A test that skips its links where os.Symlink fails goes on, and passes or fails
# without them: make the link, and then call os.Lstat.
#
# The script exits with status 0 if this is still so, and with 1 if it has changed. It needs
# the two Debian packages and gcc-mingw-w64-x86-64-win32 or -posix, and takes half a minute.
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
cat >link.c <<'EOT'
#define _WIN32_WINNT 0x0600
#include <stdio.h>
#include <windows.h>

int main(void)
{
	CloseHandle(CreateFileW(L"file", GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL));
	printf("CreateSymbolicLinkW: %d\n", CreateSymbolicLinkW(L"link", L"file", 0));
	if (GetFileAttributesW(L"link") == INVALID_FILE_ATTRIBUTES)
		printf("GetFileAttributesW: error %lu\n", GetLastError());
	return 0;
}
EOT
cat >want <<'EOT'
CreateSymbolicLinkW: 1
GetFileAttributesW: error 2
EOT
timeout 200 /usr/lib/wine/wine64 wineboot -i >boot 2>&1 || { cat boot >&2; exit 1; }
x86_64-w64-mingw32-gcc -o link.exe link.c
timeout 60 /usr/lib/wine/wine64 link.exe 2>&1 | tr -d '\r' >got
diff -u want got || { echo "changed" >&2; exit 1; }
echo "as before"
