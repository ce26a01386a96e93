package main

import "syscall"

// largeFile is a flag of open: where addresses have 32 bits, files of 2 GiB and more can be
// opened only with it, and os.Root, unlike os.OpenFile, does not add it (Go 1.26).
const largeFile = syscall.O_LARGEFILE
