package main

import (
	"testing"

	"example.com/workbook/testutil/ftptest"
	"example.com/workbook/testutil/program"
)

func TestMain(m *testing.M) { program.Main(m, main) }

// Part 1: a greeting, a login, and a goodbye.
func TestLogin(t *testing.T) { ftptest.TestLogin(t, serve) }

// Part 2: the working directory.
func TestDirectories(t *testing.T) { ftptest.TestDirectories(t, serve) }

// Part 3: data connections and listings.
func TestListings(t *testing.T) { ftptest.TestListings(t, serve) }

// Part 4: files.
func TestFiles(t *testing.T) { ftptest.TestFiles(t, serve) }

// Part 5: many clients at once.
func TestSessions(t *testing.T)  { ftptest.TestSessions(t, serve) }
func TestTransfers(t *testing.T) { ftptest.TestTransfers(t, serve) }

// Part 6: nobody leaves the root, and nobody brings the server down.
func TestJail(t *testing.T)   { ftptest.TestJail(t, serve) }
func TestRobust(t *testing.T) { ftptest.TestRobust(t, serve) }

// Part 7: the program, and the clients that people use.
func TestProgram(t *testing.T) { ftptest.TestProgram(t) }
func TestClients(t *testing.T) { ftptest.TestClients(t) }

// Beyond the exercise.
func TestExtras(t *testing.T) { ftptest.TestExtras(t, serve) }
