# Fetches a small file 20 times.
set -e
for i in $(seq 20); do
	sh "$(dirname "$0")/again.sh" snarf -q -n "ftp://$1:$2/$3/listed.txt" "small$i"
	cmp "small$i" small1
done
