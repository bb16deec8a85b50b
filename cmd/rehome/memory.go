package main

import (
	"os"
	"runtime/debug"
)

// A run reads, computes, writes and ends: nearly everything that it makes is in
// use until then, so that collecting garbage early frees little. The heap may
// grow to five times what is in use, and less once it comes near the limit;
// memory that is in use may exceed it.
const (
	collectorPercent = 400
	collectorLimit   = 3 << 30 // bytes
)

// tuneCollector sets the collector to that, unless the environment says
// otherwise.
func tuneCollector() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectorPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(collectorLimit)
	}
}
