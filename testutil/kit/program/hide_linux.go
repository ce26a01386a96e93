package program

import "syscall"

// Hide keeps other processes of the same user from looking into this one, and, if it
// is not root, itself from reading its memory as a file.
func Hide() {
	syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_DUMPABLE, 0, 0) // without it, only less is sure
}
