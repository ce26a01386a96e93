//go:build !linux

package main

const largeFile = 0
