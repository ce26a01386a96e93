package main

import (
	"testing"

	"example.com/workbook/testutil/ftptest"
	"example.com/workbook/testutil/program"
)

func TestMain(m *testing.M) { program.Main(m, main) }

func TestLogin(t *testing.T) { ftptest.TestLogin(t, serve) }

func TestDirectories(t *testing.T) { ftptest.TestDirectories(t, serve) }

func TestListings(t *testing.T) { ftptest.TestListings(t, serve) }

func TestFiles(t *testing.T) { ftptest.TestFiles(t, serve) }

func TestSessions(t *testing.T) { ftptest.TestSessions(t, serve) }

func TestTransfers(t *testing.T) { ftptest.TestTransfers(t, serve) }

func TestJail(t *testing.T) { ftptest.TestJail(t, serve) }

func TestRobust(t *testing.T) { ftptest.TestRobust(t, serve) }

func TestExtras(t *testing.T) { ftptest.TestExtras(t, serve) }
