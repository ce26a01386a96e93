package exercises

var ErrNotStarted error
