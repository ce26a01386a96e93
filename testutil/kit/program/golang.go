package program

import "bytes"

// The go command notes in a program how it built it, in plain text since Go 1.18. Package
// debug/buildinfo reads this too, but compiling that package and what it imports would
// make up a twentieth of the time of a student's first grading.

// IsGo reports whether the text of an executable file is that of a Go program.
func IsGo(text []byte) bool { return bytes.Contains(text, []byte("\xff Go buildinf:")) }

// WasBuilt reports whether the text of an executable file is that of a Go program that was
// built with a setting, such as "-race=true".
func WasBuilt(text []byte, setting string) bool {
	return IsGo(text) && bytes.Contains(text, []byte("\nbuild\t"+setting+"\n"))
}
