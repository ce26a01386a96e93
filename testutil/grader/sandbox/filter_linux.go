package sandbox

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"unsafe"
)

// The kernel asks a filter, seccomp(2), about each system call of a confined program. The
// calls below fail: they reach sockets with a name, the host of a virtual machine, keys of the
// user who grades, and memory that stays when a process has ended, which namespaces and Landlock
// leave open. In a namespace of its own, a program could mount a file system that has no limits. A program
// cannot end itself by SIGKILL either: if that signal has ended one, it came from outside.

// A denial says which system calls fail, and with which error.
type denial struct {
	call  call
	when  []condition // all of them hold; always if there are none
	error syscall.Errno
}

// A condition is about the lower 32 bits of an argument of a system call.
type condition struct {
	arg  int
	mask uint32 // of the bits that count; all if 0
	not  bool   // whether they must differ from value
	is   uint32
}

const (
	rlimitCPU  = 0 // RLIMIT_CPU
	typeBits   = 15
	oneProcess = 0 // PRIO_PROCESS
	ioProcess  = 1 // IOPRIO_WHO_PROCESS
	setOwner   = 8 // F_SETOWN of fcntl
	setSignal  = 10
	setOwnerEx = 15

	ioctlSetOwner = 0x8901 // FIOSETOWN
	ioctlSetGroup = 0x8902 // SIOCSPGRP
)

// denials returns what fails for the process of that number, and for those that it starts.
func denials(pid int) []denial {
	self := func(n int) condition { return condition{arg: 0, is: uint32(n)} }
	kill := condition{arg: 1, is: uint32(syscall.SIGKILL)}
	unix := condition{arg: 0, is: syscall.AF_UNIX}
	ofUsers := condition{arg: 0, mask: syscall.CLONE_NEWUSER, is: syscall.CLONE_NEWUSER}
	return []denial{
		{socket, []condition{unix}, syscall.EACCES},
		{socket, []condition{
			{arg: 0, not: true, is: syscall.AF_INET}, {arg: 0, not: true, is: syscall.AF_INET6}, {arg: 0, not: true, is: syscall.AF_NETLINK},
		}, syscall.EAFNOSUPPORT},
		// The two ends of these could be connected to other sockets.
		{socketpair, []condition{unix, {arg: 1, mask: typeBits, is: syscall.SOCK_DGRAM}}, syscall.EACCES},
		{socketpair, []condition{unix, {arg: 1, mask: typeBits, is: syscall.SOCK_RAW}}, syscall.EACCES},
		{ioUringSetup, nil, syscall.ENOSYS}, // which makes other calls unseen

		{unshare, []condition{ofUsers}, syscall.EPERM},
		{clone, []condition{ofUsers}, syscall.EPERM},
		{clone3, nil, syscall.ENOSYS}, // whose flags are unseen; what calls it then takes clone

		{addKey, nil, syscall.EPERM},
		{requestKey, nil, syscall.EPERM},
		{keyctl, nil, syscall.EPERM},

		{shmget, nil, syscall.EPERM},
		{semget, nil, syscall.EPERM},
		{msgget, nil, syscall.EPERM},
		{mqOpen, nil, syscall.EPERM},

		// Limits of other processes.
		{prlimit, []condition{{arg: 0, not: true}, {arg: 0, not: true, is: uint32(pid)}}, syscall.EPERM},

		// SIGKILL to itself, which the kernel would also send at the limit of processor time.
		{kill1, []condition{kill, self(pid)}, syscall.EPERM},
		{kill1, []condition{kill, self(-pid)}, syscall.EPERM},
		{kill1, []condition{kill, self(0)}, syscall.EPERM},
		{kill1, []condition{kill, self(-1)}, syscall.EPERM},
		{tkill, []condition{kill}, syscall.EPERM},
		{tgkill, []condition{{arg: 2, is: uint32(syscall.SIGKILL)}}, syscall.EPERM},
		{sigqueue, []condition{kill}, syscall.EPERM},
		{tgsigqueue, []condition{{arg: 2, is: uint32(syscall.SIGKILL)}}, syscall.EPERM},
		{pidfdSendSignal, nil, syscall.ENOSYS}, // package os then takes kill
		{timerCreate, nil, syscall.ENOSYS},
		{fcntl, []condition{{arg: 1, is: setSignal}}, syscall.EPERM},
		{setrlimit, []condition{{arg: 0, is: rlimitCPU}}, syscall.EPERM},
		{prlimit, []condition{{arg: 1, is: rlimitCPU}, {arg: 2, not: true}}, syscall.EPERM},
	}
}

// signals returns what else fails where a process of that number could send signals to
// others: all that sends one, but to itself, or to tell a thread of a Go program to wait.
func signals(pid int) []denial {
	other := condition{arg: 0, not: true, is: uint32(pid)}
	return []denial{
		{kill1, []condition{other, {arg: 0, not: true}, {arg: 0, not: true, is: uint32(-pid)}}, syscall.EPERM},
		{tkill, nil, syscall.EPERM},
		{tgkill, []condition{other, {arg: 2, not: true, is: uint32(syscall.SIGURG)}}, syscall.EPERM},
		{sigqueue, []condition{other}, syscall.EPERM},
		{tgsigqueue, []condition{other}, syscall.EPERM},
		{fcntl, []condition{{arg: 1, is: setOwner}}, syscall.EPERM},
		{fcntl, []condition{{arg: 1, is: setOwnerEx}}, syscall.EPERM},
		{ioctl, []condition{{arg: 1, is: ioctlSetOwner}}, syscall.EPERM},
		{ioctl, []condition{{arg: 1, is: ioctlSetGroup}}, syscall.EPERM},
	}
}

// priorities returns what else fails where a process of that number has others of its user
// beside it: what changes when those run.
func priorities(pid int) []denial {
	none := condition{arg: 0, not: true}
	other := condition{arg: 0, not: true, is: uint32(pid)}
	var denied []denial
	for _, call := range []call{schedSetaffinity, schedSetscheduler, schedSetparam, schedSetattr} {
		denied = append(denied, denial{call, []condition{none, other}, syscall.EPERM})
	}
	none.arg, other.arg = 1, 1
	return append(denied,
		denial{setpriority, []condition{{arg: 0, not: true, is: oneProcess}}, syscall.EPERM},
		denial{setpriority, []condition{none, other}, syscall.EPERM},
		denial{ioprioSet, []condition{{arg: 0, not: true, is: ioProcess}}, syscall.EPERM},
		denial{ioprioSet, []condition{none, other}, syscall.EPERM},
	)
}

// A call is a system call whose number depends on the processor.
type call int

const (
	socket call = iota
	socketpair
	ioUringSetup
	addKey
	requestKey
	keyctl
	shmget
	semget
	msgget
	mqOpen
	kill1
	tkill
	tgkill
	sigqueue
	tgsigqueue
	pidfdSendSignal
	timerCreate
	fcntl
	setrlimit
	prlimit
	unshare
	clone
	clone3
	setpriority
	schedSetaffinity
	schedSetscheduler
	schedSetparam
	schedSetattr
	ioprioSet
	ioctl
	calls
)

// A processor has its own numbers of system calls.
type processor struct {
	audit   uint32 // AUDIT_ARCH_…
	foreign uint32 // numbers from here on are those of another kind of program; 0 if there are none
	numbers *[calls]uint32
}

var processors = map[string]processor{
	"amd64":   {0xc000003e, 0x40000000, &amd64},
	"arm64":   {0xc00000b7, 0, &generic},
	"riscv64": {0xc00000f3, 0, &generic},
}

var (
	amd64 = [calls]uint32{
		socket: 41, socketpair: 53, ioUringSetup: 425, addKey: 248, requestKey: 249, keyctl: 250,
		shmget: 29, semget: 64, msgget: 68, mqOpen: 240,
		kill1: 62, tkill: 200, tgkill: 234, sigqueue: 129, tgsigqueue: 297, pidfdSendSignal: 424,
		timerCreate: 222, fcntl: 72, setrlimit: 160, prlimit: 302,
		unshare: 272, clone: 56, clone3: 435, setpriority: 141, schedSetaffinity: 203, schedSetscheduler: 144,
		schedSetparam: 142, schedSetattr: 314, ioprioSet: 251, ioctl: 16,
	}
	generic = [calls]uint32{ // of Linux, for newer processors
		socket: 198, socketpair: 199, ioUringSetup: 425, addKey: 217, requestKey: 218, keyctl: 219,
		shmget: 194, semget: 190, msgget: 186, mqOpen: 180,
		kill1: 129, tkill: 130, tgkill: 131, sigqueue: 138, tgsigqueue: 240, pidfdSendSignal: 424,
		timerCreate: 107, fcntl: 25, setrlimit: 164, prlimit: 261,
		unshare: 97, clone: 220, clone3: 435, setpriority: 140, schedSetaffinity: 122, schedSetscheduler: 119,
		schedSetparam: 118, schedSetattr: 274, ioprioSet: 30, ioctl: 29,
	}
)

// What a filter returns, and where it finds what it looks at in struct seccomp_data.
const (
	filterAllow = 0x7fff0000
	filterError = 0x00050000

	numberAt    = 0
	processorAt = 4
	argsAt      = 16 // eight bytes each, the lower four first
)

// instructions returns the filter that has system calls fail.
func (p processor) instructions(denied []denial) []syscall.SockFilter {
	load := func(at uint32) syscall.SockFilter {
		return syscall.SockFilter{Code: syscall.BPF_LD | syscall.BPF_W | syscall.BPF_ABS, K: at}
	}
	jump := func(test uint16, k uint32, yes, no int) syscall.SockFilter {
		return syscall.SockFilter{Code: syscall.BPF_JMP | test | syscall.BPF_K, Jt: uint8(yes), Jf: uint8(no), K: k}
	}
	result := func(k uint32) syscall.SockFilter {
		return syscall.SockFilter{Code: syscall.BPF_RET | syscall.BPF_K, K: k}
	}
	filter := []syscall.SockFilter{
		load(processorAt),
		jump(syscall.BPF_JEQ, p.audit, 1, 0),
		result(filterError | uint32(syscall.ENOSYS)),
	}
	if p.foreign > 0 {
		filter = append(filter, load(numberAt), jump(syscall.BPF_JGE, p.foreign, 0, 1), result(filterError|uint32(syscall.ENOSYS)))
	}
	for _, d := range denied {
		var tests []syscall.SockFilter
		for _, c := range d.when {
			tests = append(tests, load(argsAt+8*uint32(c.arg)))
			if c.mask > 0 {
				tests = append(tests, syscall.SockFilter{Code: syscall.BPF_ALU | syscall.BPF_AND | syscall.BPF_K, K: c.mask})
			}
			tests = append(tests, jump(syscall.BPF_JEQ, c.is, 0, 0))
			last := &tests[len(tests)-1]
			if c.not {
				last.Jt = 1 // a mark: leave this denial if they are equal
			} else {
				last.Jf = 1
			}
		}
		rest := len(tests) + 1
		filter = append(filter, load(numberAt), jump(syscall.BPF_JEQ, p.numbers[d.call], 0, rest))
		for i, t := range tests {
			beyond := uint8(len(tests) - i) // from the next instruction to that after the result
			t.Jt, t.Jf = t.Jt*beyond, t.Jf*beyond
			filter = append(filter, t)
		}
		filter = append(filter, result(filterError|uint32(d.error)))
	}
	return append(filter, result(filterAllow))
}

// filter has the system calls that [denials] lists fail for this process, and for what it
// starts, those of [priorities] if there are other processes of its user, and those of
// [signals] unless it is apart from them. It does nothing where the kernel has no filters. It
// needs new privileges to be given up.
func filter(others, apart bool) error {
	if Filters() != nil {
		return nil
	}
	denied := denials(os.Getpid())
	if others {
		denied = append(denied, priorities(os.Getpid())...)
	}
	if !apart {
		denied = append(denied, signals(os.Getpid())...)
	}
	program := processors[runtime.GOARCH].instructions(denied)
	all := syscall.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	const filterMode = 2
	if err := seccomp(filterMode, unsafe.Pointer(&all)); err != nil {
		return fmt.Errorf("filter system calls: %w", err)
	}
	return nil
}

// Filters returns nil if Linux can filter the system calls of programs on this machine.
func Filters() error {
	if _, ok := processors[runtime.GOARCH]; !ok {
		return errors.New("system calls of " + runtime.GOARCH + " are not known")
	}
	const filterMode = 2
	if err := seccomp(filterMode, nil); err != syscall.EFAULT { // what it says if it would filter
		return fmt.Errorf("filter system calls: %w", err)
	}
	return nil
}

func seccomp(mode uintptr, program unsafe.Pointer) error {
	const setSeccomp = 22
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, setSeccomp, mode, uintptr(program), 0, 0, 0); errno != 0 {
		return errno
	}
	return nil
}
