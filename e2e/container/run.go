package container

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// host are directories of the machine that every container sees. What they do not
// hold, volumes and the root in memory do; a link among them is made again.
func host() []string {
	return []string{"/bin", "/sbin", "/lib", "/lib64", "/usr", "/dev", "/etc/passwd", "/etc/group", "/etc/ssl", "/etc/alternatives", "/etc/ld.so.cache"}
}

// Run becomes the container's program. It returns only when that fails.
func (s *Spec) Run() error {
	if err := s.build(); err != nil {
		return fmt.Errorf("build the root of a container: %w", err)
	}
	if err := s.enter(); err != nil {
		return fmt.Errorf("enter the root of a container: %w", err)
	}
	if s.Hostname != "" {
		if err := unix.Sethostname([]byte(s.Hostname)); err != nil {
			return fmt.Errorf("name the host of a container: %w", err)
		}
	}
	if s.GID != 0 || s.UID != 0 {
		if err := errors.Join(syscall.Setgroups(nil), syscall.Setgid(s.GID), syscall.Setuid(s.UID)); err != nil {
			return fmt.Errorf("run as %d:%d: %w", s.UID, s.GID, err)
		}
	}
	path, err := s.program()
	if err != nil {
		return err
	}
	return unix.Exec(path, s.Args, s.Env)
}

// build makes the root directory.
func (s *Spec) build() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return err
	}
	if err := unix.Mount("tmpfs", s.Root, "tmpfs", 0, "mode=755"); err != nil {
		return err
	}
	for _, dir := range []string{"proc", "tmp", "var/run", "run", "old"} {
		if err := os.MkdirAll(filepath.Join(s.Root, dir), 0o777); err != nil {
			return err
		}
	}
	if err := os.Chmod(filepath.Join(s.Root, "tmp"), 0o777); err != nil {
		return err
	}
	for _, path := range host() {
		if err := s.show(path); err != nil {
			return err
		}
	}
	for _, m := range s.Mounts {
		if err := s.mount(m); err != nil {
			return err
		}
	}
	return unix.Mount("proc", filepath.Join(s.Root, "proc"), "proc", 0, "")
}

// show makes a path of the machine visible where it is.
func (s *Spec) show(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil // other machines, other directories
	}
	if err != nil {
		return err
	}
	if info.Mode()&os.ModeSymlink == 0 {
		return s.mount(Mount{From: path, To: path, ReadOnly: path != "/dev"})
	}
	to, err := os.Readlink(path)
	if err != nil {
		return err
	}
	return os.Symlink(to, filepath.Join(s.Root, path))
}

// mount binds a file or directory into the root.
func (s *Spec) mount(m Mount) error {
	to := filepath.Join(s.Root, m.To)
	info, err := os.Stat(m.From)
	if err != nil {
		return err
	}
	if err := place(to, info.IsDir()); err != nil {
		return err
	}
	if err := unix.Mount(m.From, to, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("mount %s at %s: %w", m.From, m.To, err)
	}
	if !m.ReadOnly {
		return nil
	}
	return unix.Mount("", to, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, "")
}

// place makes the file or directory that something is mounted over.
func place(path string, dir bool) error {
	if dir {
		return os.MkdirAll(path, 0o755)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDONLY, 0o644)
	if err != nil {
		return err
	}
	return f.Close()
}

// enter makes the root directory the root of this process.
func (s *Spec) enter() error {
	if err := unix.PivotRoot(s.Root, filepath.Join(s.Root, "old")); err != nil {
		return err
	}
	if err := unix.Chdir("/"); err != nil {
		return err
	}
	if err := unix.Unmount("/old", unix.MNT_DETACH); err != nil {
		return err
	}
	if s.Dir == "" {
		return nil
	}
	return unix.Chdir(s.Dir)
}

// program looks the program up in the container's PATH.
func (s *Spec) program() (string, error) {
	if len(s.Args) == 0 {
		return "", errors.New("the container has no program to run")
	}
	for _, v := range s.Env {
		if value, ok := strings.CutPrefix(v, "PATH="); ok {
			if err := os.Setenv("PATH", value); err != nil {
				return "", err
			}
		}
	}
	return exec.LookPath(s.Args[0])
}
