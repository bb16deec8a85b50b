//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// detach keeps the signals of the terminal away from a program: what it does is
// finished or ended by us, not interrupted half way.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
