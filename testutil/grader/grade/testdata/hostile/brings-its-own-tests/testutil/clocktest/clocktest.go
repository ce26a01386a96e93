package clocktest

import "testing"

func TestConcurrent(t *testing.T, serve any) {}

func TestPort(t *testing.T) {}
