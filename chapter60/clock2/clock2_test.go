package main

import (
	"testing"

	"example.com/workbook/testutil/clocktest"
	"example.com/workbook/testutil/program"
)

func TestMain(m *testing.M) { program.Main(m, main) }

func TestClock(t *testing.T) { clocktest.TestConcurrent(t, serve) }

func TestPortInUse(t *testing.T) { clocktest.TestPortInUse(t, "8000") }

func TestPicture(t *testing.T) { clocktest.TestPicture(t, serve, "testdata/picture.txt") }
