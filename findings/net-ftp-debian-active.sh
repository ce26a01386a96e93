#!/bin/sh
# Perl's Net::FTP is passive by default, but not on Debian: a file in /etc makes it active.
#
# Seen with perl 5.36.0-7+deb12u4 (Debian 12), Net::FTP 3.14, November 2026. The first commands
# of a listing after login:
#
#	as installed:               PORT …, NLST
#	with FTP_PASSIVE=1:         PASV, NLST
#
# Net::Config of the same package sets ftp_int_passive to 1, and /etc/perl/Net/libnet.cfg,
# which comes with Debian's package and not with Perl, sets it to 0. Active connections do not
# get through most firewalls and containers. debmirror and LWP's ftp use Net::FTP, so they
# are active on Debian too, and a server that has only PASV fails for them.
#
# The script exits with status 0 if this is still so, and with 1 if it has changed. It needs
# the Debian package, since the path of the file is a fixed one.
set -eu
if [ "$(dpkg-query -W -f '${Version}' perl 2>/dev/null)" != 5.36.0-7+deb12u4 ]; then
	echo "needs the Debian package perl=5.36.0-7+deb12u4" >&2
	exit 1
fi
if [ "$(dpkg-query -S /etc/perl/Net/libnet.cfg 2>/dev/null)" != "perl: /etc/perl/Net/libnet.cfg" ] ||
	[ -e /etc/libnet.cfg ] || [ -e "$HOME/.libnetrc" ]; then
	echo "needs the libnet.cfg of the package alone" >&2
	exit 1
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >server.py <<'EOF'
# An FTP server for two sessions. It prints its port, then the commands that it reads.
import socket

listener = socket.create_server(("127.0.0.1", 0))
listener.settimeout(30)
print(listener.getsockname()[1], flush=True)
for _ in range(2):
    conn, _ = listener.accept()
    conn.settimeout(30)
    conn.sendall(b"220 FTP server ready\r\n")
    for line in conn.makefile("r"):
        verb = line.split()[0]
        print(verb, flush=True)
        replies = {
            "USER": "331 Password required",
            "PASS": "230 Logged in",
            "PORT": "200 PORT command successful",
            "NLST": "450 No listing today",
            "QUIT": "221 Goodbye",
        }
        reply = replies.get(verb, "502 Not implemented")
        if verb == "PASV":
            data = socket.create_server(("127.0.0.1", 0))
            port = data.getsockname()[1]
            reply = f"227 Entering Passive Mode (127,0,0,1,{port >> 8},{port & 255})"
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
cat >list.pl <<'EOF'
use strict;
use Net::FTP;
my $ftp = Net::FTP->new('127.0.0.1', Port => $ARGV[0], Timeout => 20) or die $@;
$ftp->login('anonymous', 'guest');
$ftp->ls;
$ftp->quit;
EOF
unset FTP_PASSIVE
timeout 30 perl list.pl "$(head -n 1 log)"
FTP_PASSIVE=1 timeout 30 perl list.pl "$(head -n 1 log)"
wait
sed 1d log | grep -E '^(PORT|PASV|NLST)$' >got
printf '%s\n' PORT NLST PASV NLST >want
diff -u want got || { echo "changed" >&2; exit 1; }
echo "as before"
