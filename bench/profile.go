package main

import (
	"errors"
	"os"
	"runtime/pprof"
)

// profiles are the files that profiles of the whole run go to; "" is none.
type profiles struct {
	cpu, memory string
}

// start begins profiling. The returned function writes the profiles.
func (p profiles) start() (stop func() error, err error) {
	if p.cpu == "" {
		return p.writeMemory, nil
	}
	f, err := os.Create(p.cpu)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		return errors.Join(f.Close(), p.writeMemory())
	}, nil
}

func (p profiles) writeMemory() error {
	if p.memory == "" {
		return nil
	}
	f, err := os.Create(p.memory)
	if err != nil {
		return err
	}
	return errors.Join(pprof.Lookup("allocs").WriteTo(f, 0), f.Close())
}
