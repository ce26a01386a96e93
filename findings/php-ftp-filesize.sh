#!/bin/sh
# PHP's filesize and stat of an ftp:// URL keep 32 bits of the size, on 64-bit systems too: a
# file of 5 GiB has 1 GiB, and a file of 3 GiB has a negative size.
#
# Seen with php8.2-cli 8.2.36-1~deb12u1 (Debian 12, amd64), PHP_INT_SIZE 8, November 2026. The
# server replies to SIZE with 213 and the number on the left:
#
#	2147483647: int(2147483647)
#	3221225472: int(-1073741824)
#	5368709120: int(1073741824)
#
# No warning is printed. A script that compares sizes after an upload takes each file of 2 GiB
# and more for damaged.
#
# A server cannot change it: RFC 3659, section 4, has no limit of the number.
#
# The script exits with status 0 if this is still so, and with 1 if it has changed.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
chmod 755 .
deb=php8.2-cli=8.2.36-1~deb12u1
apt-get download -q "$deb" >apt 2>&1 || { cat apt >&2; echo "needs the Debian package $deb" >&2; exit 1; }
dpkg -x php8.2-cli_*.deb root
php=root/usr/bin/php8.2
if ldd $php | grep 'not found' >&2; then
	echo "needs the libraries that the Debian package php8.2-cli depends on" >&2
	exit 1
fi
cat >server.py <<'EOF'
# An FTP server for one session: SIZE is the number in the name, and CWD fails.
import socket

listener = socket.create_server(("127.0.0.1", 0))
listener.settimeout(30)
print(listener.getsockname()[1], flush=True)
for _ in range(3):
    conn, _ = listener.accept()
    conn.settimeout(30)
    conn.sendall(b"220 FTP server ready\r\n")
    for line in conn.makefile("r"):
        verb, _, arg = line.rstrip("\r\n").partition(" ")
        replies = {
            "USER": "331 Password required",
            "PASS": "230 Logged in",
            "TYPE": "200 Type set",
            "CWD": "550 Not a directory",
            "SIZE": "213 " + arg.strip("/"),
            "MDTM": "213 20260101000000",
            "QUIT": "221 Goodbye",
        }
        conn.sendall((replies.get(verb, "502 Not implemented") + "\r\n").encode())
        if verb == "QUIT":
            break
    conn.close()
EOF
timeout 60 python3 server.py >port &
tries=0
until [ -s port ]; do
	tries=$((tries + 1))
	[ $tries -lt 100 ] || { echo "the server did not start" >&2; exit 1; }
	sleep 0.1
done
port=$(cat port)
for size in 2147483647 3221225472 5368709120; do
	printf '%s: ' $size
	timeout 30 $php -n -r 'var_dump(filesize($argv[1]));' "ftp://127.0.0.1:$port/$size" || :
done >got
cat >want <<'EOF'
2147483647: int(2147483647)
3221225472: int(-1073741824)
5368709120: int(1073741824)
EOF
diff -u want got || { echo "changed" >&2; exit 1; }
echo "as before"
