package sandbox

// Bounds are how much each process of a command may use.
type Bounds struct {
	Memory  uint64 // bytes of data
	File    uint64 // bytes of one file
	Seconds uint64 // of processor time
}
