package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"unsafe"

	"example.com/workbook/testutil/kit/isolate"
)

// System calls and constants of landlock(7). The syscall package lacks them.
const (
	sysLandlockCreateRuleset = 444
	sysLandlockAddRule       = 445
	sysLandlockRestrictSelf  = 446

	landlockVersion   = 1 // a flag of landlock_create_ruleset
	landlockPathBelow = 1 // a type of rule

	mayExecute  = 1 << 0
	mayWrite    = 1 << 1
	mayRead     = 1 << 2
	mayList     = 1 << 3
	mayDoMost   = 1<<13 - 1 // what the first version knows
	mayMove     = 1 << 13   // since version 2
	mayTruncate = 1 << 14   // since version 3

	scopes       = 6      // the version that knows
	scopeSockets = 1 << 0 // no abstract sockets of others
	scopeSignals = 1 << 1 // no signals to others

	mayLook = mayExecute | mayRead | mayList
)

// A ruleset is what landlock_create_ruleset(2) takes.
type ruleset struct{ files, network, scoped uint64 }

// fence keeps this process from the files and devices of users, wherever they are, and, with a
// newer Linux, from sending signals to other processes: it may read what is public, its own
// program, and the folder of its judge, and write only in scratch and the answer of the case.
// It does nothing where Linux has no Landlock.
func fence(scratch string) error {
	version, err := landlock()
	if err != nil {
		return nil
	}
	rules, size := ruleset{files: mayDoMost}, unsafe.Sizeof(uint64(0))
	if version >= 2 {
		rules.files |= mayMove
	}
	if version >= 3 {
		rules.files |= mayTruncate
	}
	if version >= scopes {
		rules.scoped, size = scopeSockets|scopeSignals, unsafe.Sizeof(rules)
	}
	fd, _, errno := syscall.Syscall(sysLandlockCreateRuleset, uintptr(unsafe.Pointer(&rules)), size, 0)
	if errno != 0 {
		return fmt.Errorf("landlock: %w", errno)
	}
	defer syscall.Close(int(fd))
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	allowed := map[string]uint64{
		dir: mayLook, os.Args[0]: mayLook, filepath.Dir(scratch): mayLook, scratch: rules.files,
		"/opt": mayLook, "/nix": mayLook, "/gnu": mayLook, "/snap": mayLook,
		"/dev/null": mayRead | mayWrite, "/dev/zero": mayRead | mayWrite, "/dev/full": mayRead | mayWrite, "/dev/random": mayRead, "/dev/urandom": mayRead,
	}
	for _, name := range public {
		if name != "/dev" {
			allowed[name] = mayLook
		}
	}
	if answer := isolate.AnswerFile(os.Environ()); answer != "" {
		allowed[answer] = mayRead | mayWrite
	}
	for _, name := range shown() {
		allowed[name] = mayLook
	}
	if name := os.Getenv(writableEnv); name != "" {
		allowed[name] = rules.files
	}
	for name, access := range allowed {
		if err := allow(fd, name, access&rules.files); err != nil {
			return err
		}
	}
	if _, _, errno := syscall.Syscall(sysLandlockRestrictSelf, fd, 0, 0); errno != 0 {
		return fmt.Errorf("landlock: %w", errno)
	}
	return nil
}

// Landlock returns nil if Linux has Landlock on this machine, which denies access to files.
func Landlock() error {
	_, err := landlock()
	return err
}

func landlock() (version int, err error) {
	v, _, errno := syscall.Syscall(sysLandlockCreateRuleset, 0, 0, landlockVersion)
	if errno != 0 {
		return 0, fmt.Errorf("landlock: %w", errno)
	}
	return int(v), nil
}

// allow adds to a ruleset what may be done with a file, or in a folder, if it is there.
func allow(ruleset uintptr, name string, access uint64) error {
	const onlyPath = 0x200000 // O_PATH
	fd, err := syscall.Open(name, onlyPath|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil // what is not there needs no rule
	}
	defer syscall.Close(fd)
	var info syscall.Stat_t
	if err := syscall.Fstat(fd, &info); err != nil {
		return fmt.Errorf("stat %s: %w", name, err)
	}
	if info.Mode&syscall.S_IFMT != syscall.S_IFDIR {
		access &= mayExecute | mayRead | mayWrite
	}
	// The structure of the system call is packed: 12 bytes.
	rule := [3]uint32{uint32(access), uint32(access >> 32), uint32(fd)}
	if endian := uint16(1); *(*byte)(unsafe.Pointer(&endian)) == 0 {
		rule[0], rule[1] = rule[1], rule[0]
	}
	if _, _, errno := syscall.Syscall6(sysLandlockAddRule, ruleset, landlockPathBelow, uintptr(unsafe.Pointer(&rule)), 0, 0, 0); errno != 0 {
		return fmt.Errorf("landlock: %s: %w", name, errno)
	}
	return nil
}
