#!/bin/sh
# zsh's FTP client zftp connects to a port number only if /etc/services lists that number, and
# else blames the service "ftp".
#
# Seen with zsh 5.9-4+b15 (Debian 12), November 2026, of "zftp open 127.0.0.1:PORT":
#
#	a port that /etc/services lists for tcp:     logged in
#	a port that it does not list, and a server:  Can't find port for service `ftp'
#
# The module zsh/net/tcp is loaded in both cases, and "ftp 21/tcp" is in /etc/services.
#
# A test server on port 0 gets a port that is not listed nearly always, so zftp seems not to
# work at all. 8021, a common choice, is listed (zope-ftp).
#
# The script exits with status 0 if this is still so, and with 1 if it has changed. The
# listed port is the first one from 9000 on that is free.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
chmod 755 .
for deb in zsh=5.9-4+b15; do
	apt-get download -q "$deb" >apt 2>&1 || { cat apt >&2; echo "needs the Debian package $deb" >&2; exit 1; }
done
dpkg -x zsh_*.deb root
if ! grep -q '^ftp[[:space:]]*21/tcp' /etc/services; then
	echo "needs /etc/services of the Debian package netbase" >&2
	exit 1
fi
cat >server.py <<'EOF'
# An FTP server for one session. The argument is "listed" or "not-listed".
import errno
import re
import socket
import sys

listed = set()
for line in open("/etc/services"):
    if match := re.match(r"\S+\s+(\d+)/tcp", line):
        listed.add(int(match[1]))
if sys.argv[1] == "listed":
    for port in sorted(p for p in listed if p >= 9000):
        try:
            listener = socket.create_server(("127.0.0.1", port))
            break
        except OSError as err:
            if err.errno != errno.EADDRINUSE:
                raise
else:
    while True:
        listener = socket.create_server(("127.0.0.1", 0))
        if listener.getsockname()[1] not in listed:
            break
listener.settimeout(20)
print(listener.getsockname()[1], flush=True)
conn, _ = listener.accept()
conn.settimeout(20)
conn.sendall(b"220 FTP server ready\r\n")
for line in conn.makefile("r"):
    replies = {
        "USER": "331 Password required",
        "PASS": "230 Logged in",
        "SYST": "215 UNIX Type: L8",
        "PWD": '257 "/" is the current directory',
        "QUIT": "221 Goodbye",
    }
    conn.sendall((replies.get(line[:4].strip(), "502 Not implemented") + "\r\n").encode())
    if line.startswith("QUIT"):
        break
EOF
for kind in listed not-listed; do
	timeout 60 python3 server.py $kind >port.$kind 2>/dev/null &
	server=$!
	tries=0
	until [ -s port.$kind ]; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || { echo "the server did not start" >&2; exit 1; }
		sleep 0.1
	done
	timeout 30 root/bin/zsh -fc '
		module_path=($PWD/root/usr/lib/x86_64-linux-gnu/zsh/5.9)
		zmodload zsh/net/tcp zsh/zftp || exit
		zftp open 127.0.0.1:$1 anonymous guest && print logged in
		zftp quit 2>/dev/null' zsh "$(cat port.$kind)" >out 2>&1 || :
	kill $server 2>/dev/null || :
	sed "s/^.*zftp open:[0-9]*: //; s/^/$kind: /" out >>got
done
cat >want <<'EOF'
listed: logged in
not-listed: Can't find port for service `ftp'
EOF
diff -u want got || { echo "changed" >&2; exit 1; }
echo "as before"
