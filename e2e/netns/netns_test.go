package netns

import (
	"context"
	"net"
	"testing"
)

func TestSpacesAreApart(t *testing.T) {
	if why := Missing(); why != "" {
		t.Skip(why)
	}
	a, err := New()
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	b, err := New()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	err = a.Script(context.Background(),
		"link add eth0 type veth peer name eth0 netns "+b.Path(), "addr add 192.0.2.1/24 dev eth0", "link set eth0 up")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Script(context.Background(), "addr add 192.0.2.2/24 dev eth0", "link set eth0 up"); err != nil {
		t.Fatal(err)
	}
	var l net.Listener
	if err := b.Do(func() (err error) { l, err = net.Listen("tcp", "192.0.2.2:80"); return err }); err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dial := func() error {
		c, err := net.Dial("tcp", "192.0.2.2:80")
		if err == nil {
			return c.Close()
		}
		return err
	}
	if err := a.Do(dial); err != nil {
		t.Errorf("from the other end: %v", err)
	}
	empty, err := New()
	if err != nil {
		t.Fatal(err)
	}
	defer empty.Close()
	if err := empty.Do(dial); err == nil {
		t.Error("an address of one namespace answers in another")
	}
}
