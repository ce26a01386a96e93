# GNOME's gio and gvfs, in a D-Bus session of their own.
set -e
base=ftp://$1:$2/$3
gio mount -a "ftp://$1:$2/"
if [ "$4" = read ]; then
	gio list "$base"
	for name in empty.txt noise.bin "two words.txt"; do
		gio copy "$base/$name" "$name"
	done
else
	gio copy mine.bin "$base/put.bin"
	gio rename "$base/put.bin" renamed.bin
fi
gio mount -u "ftp://$1:$2/"
