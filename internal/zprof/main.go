package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"time"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/deliver"
	"github.com/rehome-dev/rehome/internal/corpus"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/render"
	"github.com/rehome-dev/rehome/verify"
)

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	dir, _ := os.MkdirTemp("/dev/shm", "zprof")
	defer os.RemoveAll(dir)
	for _, f := range corpus.Generate(n, corpus.Files) {
		p := filepath.Join(dir, f.Path)
		os.MkdirAll(filepath.Dir(p), 0o755)
		os.WriteFile(p, f.Data, 0o644)
	}
	pf, _ := os.Create("/tmp/prof/cpu.prof")
	pprof.StartCPUProfile(pf)
	fsys := os.DirFS(dir)
	data, _ := os.ReadFile(filepath.Join(dir, corpus.PlanPath))
	t := time.Now()
	lap := func(what string) { fmt.Printf("%-10s %v\n", what, time.Since(t)); t = time.Now() }
	p, d := plan.Parse(corpus.PlanPath, data)
	fmt.Println(len(d))
	lap("plan")
	roots, _ := rehome.ManifestRoots(p, corpus.PlanPath)
	inv, d := manifest.Read(fsys, roots, manifest.ReadOptions{})
	fmt.Println(d.HasErrors(), len(inv.Objects))
	lap("read")
	rs, d := refs.Scan(inv, refs.Options{})
	lap("scan")
	g, d := plan.Group(p, inv, rs)
	plan.Connect(g)
	lap("group")
	s, d := plan.MakeSchedule(g)
	lap("schedule")
	st, d := render.States(s)
	lap("render")
	if len(os.Args) < 3 {
		pr, d := verify.Prove(s, st)
		k := 0
		for _, x := range pr.Phases {
			k += x.States
		}
		fmt.Println(len(d), pr.Calls, k)
		lap("prove")
	}
	fs, d := deliver.Files(s, st, deliver.Options{Flat: true})
	fmt.Println(len(fs))
	lap("deliver")
	_ = d
	pprof.StopCPUProfile()
}
