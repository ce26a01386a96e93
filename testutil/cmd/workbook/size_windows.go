package main

import (
	"os"
	"syscall"
	"unsafe"
)

var getConsoleScreenBufferInfo = syscall.NewLazyDLL("kernel32.dll").NewProc("GetConsoleScreenBufferInfo")

// columns returns how many columns the terminal has that file is, 0 if it is none.
func columns(file *os.File) int {
	var info struct { // CONSOLE_SCREEN_BUFFER_INFO
		width, height            int16
		x, y                     int16
		attributes               uint16
		left, top, right, bottom int16
		maxWidth, maxHeight      int16
	}
	ok, _, _ := getConsoleScreenBufferInfo.Call(file.Fd(), uintptr(unsafe.Pointer(&info)))
	if ok == 0 {
		return 0
	}
	return int(info.right-info.left) + 1
}
