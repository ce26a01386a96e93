package main

import "context"

// watch sends all there is to know of c to readings until ctx ends.
func watch(ctx context.Context, dial dialFunc, c clock, readings chan<- reading) {
	// TODO: connect to the clock and send each line that it writes.
}
