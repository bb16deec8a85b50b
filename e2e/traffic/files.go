package traffic

import (
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// filesVariable marks a process that has its own files of /etc already.
const filesVariable = "REHOME_STANDIN_FILES"

// TakeFiles gives a process the resolv.conf and hosts of its pod, by mounting
// them over those of /etc in a mount namespace of its own: resolvers, those of
// Go and of glibc, know no other place. It replaces the process by itself once;
// in the replaced one, and where no files are wanted, it returns nil.
func (d *Descriptor) TakeFiles() error {
	if d.ResolvConf == "" && d.Hosts == "" || os.Getenv(filesVariable) != "" {
		return nil
	}
	// The namespace belongs to this thread, and to the program that it becomes.
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return fmt.Errorf("a mount namespace for /etc/resolv.conf: %w", err)
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("keep mounts to oneself: %w", err)
	}
	for _, m := range []struct{ from, to string }{{d.ResolvConf, "/etc/resolv.conf"}, {d.Hosts, "/etc/hosts"}} {
		if m.from == "" {
			continue
		}
		if err := unix.Mount(m.from, m.to, "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("mount %s over %s: %w", m.from, m.to, err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return unix.Exec(self, os.Args, append(os.Environ(), filesVariable+"=taken"))
}
