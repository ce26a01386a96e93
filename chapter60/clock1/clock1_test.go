package main

import (
	"testing"

	"example.com/workbook/testutil/clocktest"
)

func TestClock(t *testing.T) { clocktest.TestSequential(t, serve) }
