package main

import (
	"testing"

	"example.com/workbook/testutil/clocktest"
	"example.com/workbook/testutil/program"
)

func TestMain(m *testing.M) { program.Main(m, main) }

func TestClock(t *testing.T) { clocktest.TestConcurrent(t, serve) }

func TestPort(t *testing.T) { clocktest.TestPort(t) }
