#!/bin/sh
# curl waits a second before it opens a data connection if the reply to EPSV comes too early.
#
# Seen with curl 7.88.1-10+deb12u14 and strace 6.1-0.1 (Debian 12), November 2026. The longest
# of six downloads of 2 bytes in one session:
#
#	the reply to EPSV comes immediately:    1.00 s, and 2 to 4 of the others too
#	the reply comes 10 ms after EPSV:       0.02 s
#
# After it has sent EPSV, curl looks for the reply without waiting. If it is there at the
# second look, curl reads it, and then waits with poll(2) for neither of its connections: until
# a timer of its own, of which the first is after 0.2 s, and later ones after 1 s. So a server
# looks slow because it is fast. On a machine with nothing else to do this happened in one of
# seven sessions of four files. The script has strace slow curl down, and then it happens for
# every second file. --max-time and --limit-rate change nothing.
#
# The script exits with status 0 if this is still so, and with 1 if it has changed. It needs the
# Debian packages.
set -eu
for package in curl=7.88.1-10+deb12u14 strace=6.1-0.1; do
	if [ "$(dpkg-query -W -f '${Version}' "${package%%=*}" 2>/dev/null)" != "${package#*=}" ]; then
		echo "needs the Debian package $package" >&2
		exit 1
	fi
done
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >server.py <<'EOS'
# An FTP server for one session. Its argument is how many seconds it takes to reply to EPSV.
import socket
import sys
import time

listener = socket.create_server(("127.0.0.1", 0))
listener.settimeout(30)
data = socket.create_server(("127.0.0.1", 0))
data.settimeout(30)
replies = {
    "USER": "331 Password required",
    "PASS": "230 Logged in",
    "PWD": '257 "/"',
    "EPSV": f"229 Entering Extended Passive Mode (|||{data.getsockname()[1]}|)",
    "TYPE": "200 Type set",
    "SIZE": "213 2",
    "RETR": "150 Opening data connection",
    "QUIT": "221 Goodbye",
}
print(listener.getsockname()[1], flush=True)
conn, _ = listener.accept()
conn.settimeout(30)
conn.sendall(b"220 FTP server ready\r\n")
for line in conn.makefile("r"):
    verb = line.split()[0]
    if verb == "EPSV":
        time.sleep(float(sys.argv[1]))
    conn.sendall((replies.get(verb, "502 Not implemented") + "\r\n").encode())
    if verb == "RETR":
        with data.accept()[0] as link:
            link.sendall(b"x\n")
        conn.sendall(b"226 Transfer complete\r\n")
EOS

# download prints how many of six files took at least 0.9 s.
download() {
	rm -f port
	timeout 60 python3 server.py "$1" >port &
	tries=0
	until [ -s port ]; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || { echo "the server did not start" >&2; exit 1; }
		sleep 0.1
	done
	url=ftp://127.0.0.1:$(cat port)
	set --
	for name in a b c d e f; do
		set -- "$@" -o /dev/null "$url/$name"
	done
	timeout 60 strace -f -o /dev/null curl -q -sS -w '%{time_total}\n' "$@" >times
	wait
	awk '$1 >= 0.9 {n++} END {print n + 0}' times
}

early=0
for session in 1 2 3 4 5 6 7 8 9 10; do # on a busy machine some sessions show nothing
	early=$((early + $(download 0)))
	[ "$early" -lt 2 ] || break
done
late=$(download 0.01)
echo "files that took a second: $early with early replies, $late with late ones"
[ "$early" -ge 2 ] && [ "$late" -eq 0 ] || { echo "changed" >&2; exit 1; }
echo "as before"
