# Fetches a small file 20 times.
set -e
for i in $(seq 20); do
	printf 'ftp://%s:%s/%s/listed.txt\n out=small%s\n' "$1" "$2" "$3" "$i"
done | aria2c --no-conf -q --file-allocation=none --connect-timeout=5 --timeout=2 --max-tries=10 --retry-wait=0 -j1 -s1 -i -
for i in $(seq 20); do
	cmp "small$i" small1
done
