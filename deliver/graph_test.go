package deliver_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehome-dev/rehome/deliver"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// callers adds the edges that the tests of graphs look at.
func (s *story) callers() *story {
	s.schedule.Graph.Edges = []*plan.Edge{{Caller: s.appb, Callee: s.appa, Service: s.service("appa"), Port: "80"}}
	return s
}

func TestGraphFollowsThePhases(t *testing.T) {
	s := begin(t, apps, "k8s").everything("appa").callers()
	want := map[int]string{
		0: `%% today
flowchart LR
  subgraph p1["foobar"]
    n1["appa"]
    n2["appb"]
  end
  n2 -->|"appa:80"| n1
`,
		3: `%% after phase 3: flip-appa
flowchart LR
  subgraph p1["foo"]
    n1["appa"]
  end
  subgraph p2["foobar"]
    n2["appa"]
    n3(["appa (externalName)"])
    n4["appb"]
  end
  n3 -.->|"externalName"| n1
  n4 -->|"appa:80"| n3
`,
		7: `%% after phase 7: finish
flowchart LR
  subgraph p1["foo"]
    n1["appa"]
  end
  subgraph p2["foobar"]
    n2["appb"]
  end
  n2 -->|"appa:80"| n1
`,
	}
	for phase, mermaid := range want {
		got, err := deliver.Graph(s.schedule, phase, deliver.Mermaid)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(mermaid, string(got)); diff != "" {
			t.Errorf("phase %d:\n%s", phase, diff)
		}
	}
}

func TestGraphDOT(t *testing.T) {
	got, err := deliver.Graph(begin(t, apps, "k8s").callers().schedule, 0, deliver.DOT)
	if err != nil {
		t.Fatal(err)
	}
	want := `digraph rehome {
  label="today";
  rankdir=LR;
  node [shape=box];
  subgraph cluster_1 {
    label="foobar";
    n1 [label="appa"];
    n2 [label="appb"];
  }
  n2 -> n1 [label="appa:80"];
}
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestGraphSVGIsWellFormed(t *testing.T) {
	schedule := boutique()
	got, err := deliver.Graph(schedule, 0, deliver.SVG)
	if err != nil {
		t.Fatal(err)
	}
	decoder := xml.NewDecoder(bytes.NewReader(got))
	boxes := 0
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "rect" {
			boxes++
		}
	}
	if want := len(schedule.Graph.Apps) + 3; boxes != want {
		t.Errorf("%d boxes, want one for each of 12 apps and 3 places", boxes)
	}
	for _, a := range schedule.Graph.Apps {
		if !strings.Contains(string(got), ">"+a.Name+"<") {
			t.Errorf("%s is not in the image", a.Name)
		}
	}
}

func TestGraphWithCyclesEnds(t *testing.T) {
	schedule := boutique()
	g := schedule.Graph
	for i, a := range g.Apps {
		callee := g.Apps[(i+1)%len(g.Apps)]
		g.Edges = append(g.Edges, &plan.Edge{Caller: a, Callee: callee, Service: callee.Services[0]})
	}
	for _, format := range []deliver.GraphFormat{deliver.Mermaid, deliver.DOT, deliver.SVG} {
		if _, err := deliver.Graph(schedule, 0, format); err != nil {
			t.Error(err)
		}
	}
}

func TestGraphRefusesWhatIsNotThere(t *testing.T) {
	schedule := boutique()
	for _, phase := range []int{-1, 1} {
		if _, err := deliver.Graph(schedule, phase, deliver.SVG); err == nil {
			t.Errorf("phase %d of none is accepted", phase)
		}
	}
	if _, err := deliver.Graph(schedule, 0, "png"); err == nil {
		t.Error("an unknown format is accepted")
	}
}

// boutique is the shape of a real shop: 12 apps in 3 places.
func boutique() *plan.Schedule {
	g := &plan.Graph{}
	apps := map[string]*plan.App{}
	for _, line := range []string{
		"web frontend", "web loadgenerator", "cart cartservice", "cart redis-cart", "shop adservice", "shop checkoutservice",
		"shop currencyservice", "shop emailservice", "shop paymentservice", "shop productcatalogservice",
		"shop recommendationservice", "shop shippingservice",
	} {
		namespace, name, _ := strings.Cut(line, " ")
		place := plan.Place{Namespace: namespace}
		a := &plan.App{Name: name, From: place, To: place}
		a.Services = []*manifest.Object{{ID: manifest.ID{Kind: "Service", Namespace: namespace, Name: name}}}
		apps[name], g.Apps = a, append(g.Apps, a)
	}
	for _, line := range []string{
		"loadgenerator frontend", "cartservice redis-cart", "recommendationservice productcatalogservice",
		"frontend adservice cartservice checkoutservice currencyservice productcatalogservice recommendationservice shippingservice",
		"checkoutservice cartservice currencyservice emailservice paymentservice productcatalogservice shippingservice",
	} {
		names := strings.Fields(line)
		for i, callee := range names[1:] {
			c := apps[callee]
			g.Edges = append(g.Edges, &plan.Edge{Caller: apps[names[0]], Callee: c, Service: c.Services[0], Port: fmt.Sprint(7000 + i)})
		}
	}
	return &plan.Schedule{Graph: g}
}
