#!/bin/sh
# wput uploads a file as text (TYPE A) or binary (TYPE I) by the ending of its name, from a list
# of its own, in which .c and .conf are text, and .h, .py and .text are not.
#
# Seen with wput 0.6.2+git20130413-11 (Debian 12), November 2026. Each file holds "a\n", 2 bytes;
# what arrives, in the order of upload:
#
#	f.c     TYPE A  3 bytes
#	f.conf  TYPE A  3 bytes
#	f.h     TYPE I  2 bytes
#	f.py    TYPE I  2 bytes
#	f.sh    TYPE A  3 bytes
#	f.text  TYPE I  2 bytes
#	f.txt   TYPE A  3 bytes
#
# No option is given. A server that stores what it receives keeps f.sh with CR LF, and the
# script does not start, while f.py beside it does. A server has to convert TYPE A to the line
# ends of its own system (RFC 959, section 3.1.1.1). wput -B sends all as binary.
#
# The script exits with status 0 if this is still so, and with 1 if it has changed.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
chmod 755 .
for deb in wput=0.6.2+git20130413-11 libgnutls-openssl27; do
	apt-get download -q "$deb" >apt 2>&1 || { cat apt >&2; echo "needs the Debian package $deb" >&2; exit 1; }
done
for deb in *.deb; do
	dpkg -x "$deb" root
done
export LD_LIBRARY_PATH="$PWD/root/usr/lib/$(uname -m)-linux-gnu"
cat >server.py <<'EOF'
# An FTP server for one session. It prints its port, then name, type and size of each upload.
import socket

listener = socket.create_server(("127.0.0.1", 0))
listener.settimeout(30)
print(listener.getsockname()[1], flush=True)
conn, _ = listener.accept()
conn.settimeout(30)
conn.sendall(b"220 FTP server ready\r\n")
kind = data = None
for line in conn.makefile("r"):
    verb, _, arg = line.rstrip("\r\n").partition(" ")
    reply = {
        "USER": "331 Password required",
        "PASS": "230 Logged in",
        "CWD": "250 Directory changed",
        "SIZE": "550 No such file",
        "QUIT": "221 Goodbye",
    }.get(verb, "502 Not implemented")
    if verb == "TYPE":
        kind = arg
        reply = "200 Type set"
    elif verb == "PASV":
        data = socket.create_server(("127.0.0.1", 0))
        data.settimeout(30)
        port = data.getsockname()[1]
        reply = f"227 Entering Passive Mode (127,0,0,1,{port >> 8},{port & 255})"
    elif verb == "STOR":
        conn.sendall(b"150 Opening data connection\r\n")
        upload, _ = data.accept()
        upload.settimeout(30)
        size = 0
        while block := upload.recv(4096):
            size += len(block)
        upload.close()
        print(arg, "TYPE", kind, size, "bytes", flush=True)
        reply = "226 Transfer complete"
    conn.sendall((reply + "\r\n").encode())
    if verb == "QUIT":
        break
EOF
timeout 60 python3 server.py >log &
tries=0
until [ -s log ]; do
	tries=$((tries + 1))
	[ $tries -lt 100 ] || { echo "the server did not start" >&2; exit 1; }
	sleep 0.1
done
for name in f.c f.conf f.h f.py f.sh f.text f.txt; do
	echo a >$name
done
timeout 50 root/usr/bin/wput --disable-tls -q -t 1 f.* "ftp://127.0.0.1:$(head -n 1 log)/" >out 2>&1 || { cat out >&2; exit 1; }
wait
sed 1d log >got
cat >want <<'EOF'
f.c TYPE A 3 bytes
f.conf TYPE A 3 bytes
f.h TYPE I 2 bytes
f.py TYPE I 2 bytes
f.sh TYPE A 3 bytes
f.text TYPE I 2 bytes
f.txt TYPE A 3 bytes
EOF
diff -u want got || { echo "changed" >&2; exit 1; }
echo "as before"
