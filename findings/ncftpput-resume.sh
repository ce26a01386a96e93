#!/bin/sh
# ncftpput -z, which should resume an upload, asks the server to go on after the bytes that it has
# (REST and STOR), and sends the whole file from its beginning. The file on the server is then
# the first part and the whole file behind it. The exit status is 0.
#
# Seen with ncftp 2:3.2.6-1+b1 (Debian 12, amd64), November 2026. The file has 100,000 bytes, and the
# server has 1000 (a file of 3000 bytes is resumed as it should be):
#
#	REST 1000, STOR data: 100000 bytes, exit status 0
#
# RFC 3659, section 5.4: after REST, STOR sends what comes after that position. So lftp's reput
# and curl -C do. A server cannot notice it.
#
# The script exits with status 0 if this is still so, and with 1 if it has changed.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
command -v ncftpput >/dev/null || { echo "needs the Debian package ncftp" >&2; exit 1; }
cat >server.py <<'EOF'
# An FTP server for one session, with a file of 1000 bytes. It prints what an upload sends.
import socket

listener = socket.create_server(("127.0.0.1", 0))
listener.settimeout(30)
with open("port", "w") as f:
    f.write(str(listener.getsockname()[1]))
conn, _ = listener.accept()
conn.settimeout(30)
conn.sendall(b"220 FTP server ready\r\n")
rest = ""
for line in conn.makefile("r"):
    verb, _, arg = line.rstrip("\r\n").partition(" ")
    if verb == "REST":
        rest = "REST %s, " % arg
    if verb == "PASV":
        data = socket.create_server(("127.0.0.1", 0))
        data.settimeout(30)
        port = data.getsockname()[1]
        conn.sendall(b"227 Entering Passive Mode (127,0,0,1,%d,%d)\r\n" % (port >> 8, port & 255))
        continue
    if verb == "STOR":
        conn.sendall(b"150 Opening data connection\r\n")
        upload, _ = data.accept()
        n = 0
        while part := upload.recv(4096):
            n += len(part)
        upload.close()
        print("%sSTOR %s: %d bytes" % (rest, arg, n), end="", flush=True)
        conn.sendall(b"226 Transfer complete\r\n")
        continue
    replies = {
        "USER": "331 Password required",
        "PASS": "230 Logged in",
        "PWD": '257 "/"',
        "CWD": "250 Directory changed",
        "TYPE": "200 Type set",
        "SIZE": "213 1000",
        "MDTM": "213 20370101000000",
        "REST": "350 Restarting at " + arg,
        "FEAT": "211-Extensions:\r\n MDTM\r\n REST STREAM\r\n SIZE\r\n211 End",
        "QUIT": "221 Goodbye",
    }
    conn.sendall((replies.get(verb, "502 Not implemented") + "\r\n").encode())
    if verb == "QUIT":
        break
EOF
timeout 60 python3 server.py >got &
tries=0
until [ -s port ]; do
	tries=$((tries + 1))
	[ $tries -lt 100 ] || { echo "the server did not start" >&2; exit 1; }
	sleep 0.1
done
head -c 100000 /dev/zero >data
status=0
HOME=$dir timeout 30 ncftpput -r 0 -P "$(cat port)" -z 127.0.0.1 / data >log 2>&1 || status=$?
wait
printf ', exit status %s\n' "$status" >>got
echo "REST 1000, STOR data: 100000 bytes, exit status 0" >want
diff -u want got || { cat log >&2; echo "changed" >&2; exit 1; }
echo "as before"
