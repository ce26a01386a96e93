# What setup.sh and run_autograder, which read this, say of the machine.
# shellcheck shell=bash

export PATH=${WORKBOOK_ROOT:-}/usr/local/go/bin:$PATH

# What setup.sh builds, run_autograder finds here, whatever user runs it.
export GOPATH=${WORKBOOK_ROOT:-}/var/cache/workbook/go
export GOCACHE=${WORKBOOK_ROOT:-}/var/cache/workbook/build
export GOTOOLCHAIN=local GOWORK=off GOENV=off GOFLAGS=-buildvcs=false
export CGO_ENABLED=1 # for the race detector

# Gradescope gives half a processor unless told otherwise. The same number in all
# containers makes for the same verdicts, and two links at once for little memory.
export GOMAXPROCS=2

# The pictures take UTF-8.
export LC_ALL=C.UTF-8
