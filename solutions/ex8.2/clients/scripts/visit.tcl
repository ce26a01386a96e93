# The package ftp of tcllib.
package require ftp
lassign $argv host port shelf task

proc ftp::DisplayMsg {s msg {state ""}} {puts stderr $msg}
proc must {ok what} {
    if {!$ok} {
        puts stderr "$what failed"
        exit 1
    }
}
set c [ftp::Open $host anonymous guest@example.com -port $port]
must [expr {$c >= 0}] open
must [ftp::Cd $c $shelf] cd
if {$task eq "read"} {
    puts [join [ftp::List $c] \n]
    ftp::Type $c binary
    foreach name {empty.txt noise.bin {two words.txt}} {
        must [ftp::Get $c $name $name] "get $name"
    }
} else {
    ftp::Type $c binary
    must [ftp::Put $c mine.bin put.bin] put
    must [ftp::Rename $c put.bin renamed.bin] rename
}
ftp::Close $c
