package grade

import "sync"

// A counter tells Progress how many cases have ended.
type counter struct {
	mu        sync.Mutex
	done, all int
	tell      func(done, all int)
}

func (c *counter) add(n int) {
	if c.tell == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done += n
	c.tell(c.done, c.all)
}
