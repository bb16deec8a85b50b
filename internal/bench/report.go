package bench

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// print writes the table of one size.
func (s *Size) print(w io.Writer) {
	fmt.Fprintf(w, "N = %d: %d objects, %.1f MB\n", s.N, s.Objects, float64(s.Bytes)/1e6)
	tw := tabwriter.NewWriter(w, 2, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "\ttime\tus/app\tMB/s\tobjects/s\tx copy\tx kustomize\t")
	s.row(tw, "copy bound", s.Copy)
	s.row(tw, "kustomize API, app by app", s.KustomizeLoop)
	s.row(tw, "render --flat", s.Flat)
	s.row(tw, "render --flat of kustomizations", s.Kustomizations)
	s.row(tw, "the proof in it, alone", s.Proof)
	tw.Flush() //nolint:errcheck // a measurement that cannot be printed is seen by who reads it
	if o := s.Outcome; o != nil {
		fmt.Fprintf(w, "render --flat: %d phases, %d edges, %d files, %.1f MB written (%.1fx the input)\n",
			o.Phases, o.Edges, o.Files, float64(o.Bytes)/1e6, float64(o.Bytes)/float64(s.Bytes))
		fmt.Fprintf(w, "memory per app: %.0f KB allocated, %.0f KB retained\n", s.perApp(s.Allocated), s.perApp(s.Retained))
		s.printStages(w)
	}
	fmt.Fprintln(w)
}

// printStages writes the time of each stage of one run, in microseconds per app.
func (s *Size) printStages(w io.Writer) {
	if len(s.Outcome.Stages) == 0 {
		return
	}
	fmt.Fprint(w, "us/app by stage, in one process:")
	for _, stage := range s.Outcome.Stages {
		fmt.Fprintf(w, " %s %.0f;", stage.Name, micros(stage.Time)/float64(s.N))
	}
	fmt.Fprintln(w)
}

func (s *Size) row(w io.Writer, name string, d time.Duration) {
	if d == 0 {
		return
	}
	fmt.Fprintf(w, "%s\t%v\t%.0f\t%.1f\t%.0f\t%.2f\t%.2f\t\n", name, d.Round(10*time.Microsecond),
		micros(d)/float64(s.N), float64(s.Bytes)/micros(d), float64(s.Objects)/d.Seconds(),
		ratio(d, s.Copy), ratio(d, s.KustomizeLoop))
}

func (s *Size) perApp(bytes uint64) float64 { return float64(bytes) / 1e3 / float64(s.N) }

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }
