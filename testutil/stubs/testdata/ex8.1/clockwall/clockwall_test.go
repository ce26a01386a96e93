package main

import (
	"testing"

	"example.com/workbook/testutil/program"
	"example.com/workbook/testutil/walltest"
)

func TestMain(m *testing.M) { program.Main(m, main) }

func TestWall(t *testing.T) { walltest.Test(t, run) }

func TestProgram(t *testing.T) { walltest.TestProgram(t) }
