package diag

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPrintJSON(t *testing.T) {
	want := `{
  "version": 1,
  "errors": 2,
  "warnings": 1,
  "infos": 1,
  "diagnostics": [
    {
      "severity": "error",
      "code": "H16",
      "pos": {
        "file": "./k8s/appa.yaml",
        "line": 12,
        "column": 5
      },
      "app": "appa",
      "message": "\"serviceb\" names a namesake in foo",
      "fix": "write serviceb.foobar.svc.cluster.local",
      "notes": [
        {
          "pos": {
            "file": "./k8s/appa.yaml",
            "line": 3,
            "column": 3
          },
          "text": "needed by Deployment foobar/appa"
        },
        {
          "text": "moves with wave 1"
        }
      ]
    },
    {
      "severity": "warning",
      "code": "reference",
      "pos": {
        "file": "./k8s/größe & co.yaml",
        "line": 7
      },
      "message": "first line\nsecond line",
      "fix": "one\ntwo"
    },
    {
      "severity": "info",
      "code": "group",
      "pos": {
        "file": "./k8s"
      },
      "message": "belongs to no app"
    },
    {
      "severity": "error",
      "code": "output",
      "message": "the disk is full"
    }
  ]
}
`
	opts := PrintOptions{Rel: func(file string) string { return "./" + file }}
	if diff := cmp.Diff(want, written(t, List.PrintJSON, sample()[:4], opts)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}

func TestPrintJSONOfNothing(t *testing.T) {
	want := `{
  "version": 1,
  "errors": 0,
  "warnings": 0,
  "infos": 0,
  "diagnostics": []
}
`
	if diff := cmp.Diff(want, written(t, List.PrintJSON, nil, PrintOptions{})); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}
