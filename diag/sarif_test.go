package diag

import (
	"encoding/json"
	"net/url"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPrintSARIF(t *testing.T) {
	want := `{
  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
  "version": "2.1.0",
  "runs": [
    {
      "tool": {
        "driver": {
          "name": "rehome",
          "semanticVersion": "1.2.3",
          "rules": [
            {
              "id": "H16",
              "shortDescription": {
                "text": "Short names of a moved app"
              },
              "help": {
                "text": "Write the full name."
              },
              "defaultConfiguration": {
                "level": "error"
              }
            },
            {
              "id": "reference",
              "shortDescription": {
                "text": "A reference is doubtful or names nothing"
              },
              "help": {
                "text": "Decide it under spec.references in the plan."
              },
              "defaultConfiguration": {
                "level": "warning"
              }
            }
          ]
        }
      },
      "columnKind": "unicodeCodePoints",
      "results": [
        {
          "ruleId": "H16",
          "ruleIndex": 0,
          "level": "error",
          "message": {
            "text": "\"serviceb\" names a namesake in foo\nfix: write serviceb.foobar.svc.cluster.local"
          },
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "k8s/appa.yaml"
                },
                "region": {
                  "startLine": 12,
                  "startColumn": 5
                }
              }
            }
          ],
          "relatedLocations": [
            {
              "id": 1,
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "k8s/appa.yaml"
                },
                "region": {
                  "startLine": 3,
                  "startColumn": 3
                }
              },
              "message": {
                "text": "needed by Deployment foobar/appa"
              }
            },
            {
              "id": 2,
              "message": {
                "text": "moves with wave 1"
              }
            }
          ],
          "properties": {
            "app": "appa"
          }
        },
        {
          "ruleId": "reference",
          "ruleIndex": 1,
          "level": "warning",
          "message": {
            "text": "first line\nsecond line\nfix: one\ntwo"
          },
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "k8s/gr%C3%B6%C3%9Fe%20&%20co.yaml"
                },
                "region": {
                  "startLine": 7
                }
              }
            }
          ]
        }
      ]
    }
  ]
}
`
	opts := PrintOptions{
		Version: "1.2.3",
		Rules:   []Rule{{Code: "H16", Severity: Error, Summary: "Short names of a moved app", Help: "Write the full name."}},
	}
	if diff := cmp.Diff(want, written(t, List.PrintSARIF, sample()[:2], opts)); diff != "" {
		t.Errorf("SARIF (-want +got):\n%s", diff)
	}
}

// TestSARIFStructure holds a log against what SARIF 2.1.0 requires of the parts
// that are written (OASIS standard, sections 3.13 to 3.49).
func TestSARIFStructure(t *testing.T) {
	for name, l := range map[string]List{"sample": sample(), "nothing": nil} {
		var log map[string]any
		if err := json.Unmarshal([]byte(written(t, List.PrintSARIF, l, PrintOptions{})), &log); err != nil {
			t.Fatal(err)
		}
		if log["version"] != "2.1.0" {
			t.Errorf("%s: version %v", name, log["version"])
		}
		runs := log["runs"].([]any)
		if len(runs) != 1 {
			t.Fatalf("%s: %d runs", name, len(runs))
		}
		run := runs[0].(map[string]any)
		driver := run["tool"].(map[string]any)["driver"].(map[string]any)
		if driver["name"] == "" {
			t.Errorf("%s: the tool has no name", name)
		}
		rules := checkRules(t, driver["rules"].([]any))
		results := run["results"].([]any) // must be there, an empty list says that nothing was found
		if len(results) != len(l) {
			t.Errorf("%s: %d results", name, len(results))
		}
		for _, r := range results {
			checkResult(t, r.(map[string]any), rules)
		}
	}
}

func checkRules(t *testing.T, rules []any) (ids []string) {
	t.Helper()
	for _, r := range rules {
		rule := r.(map[string]any)
		id := rule["id"].(string)
		if id == "" || slices.Contains(ids, id) {
			t.Errorf("rule id %q", id)
		}
		ids = append(ids, id)
		for _, key := range []string{"shortDescription", "help"} {
			if rule[key].(map[string]any)["text"] == "" {
				t.Errorf("rule %s has no %s", id, key)
			}
		}
		checkLevel(t, rule["defaultConfiguration"].(map[string]any)["level"])
	}
	return ids
}

func checkLevel(t *testing.T, level any) {
	t.Helper()
	if !slices.Contains([]any{"none", "note", "warning", "error"}, level) {
		t.Errorf("level %v", level)
	}
}

func checkResult(t *testing.T, r map[string]any, rules []string) {
	t.Helper()
	index := int(r["ruleIndex"].(float64))
	if index < 0 || index >= len(rules) || rules[index] != r["ruleId"] {
		t.Errorf("rule %v is not at index %d of %v", r["ruleId"], index, rules)
	}
	checkLevel(t, r["level"])
	if r["message"].(map[string]any)["text"] == "" {
		t.Error("a result has no message")
	}
	locations, _ := r["locations"].([]any)
	related, _ := r["relatedLocations"].([]any)
	for _, l := range append(locations, related...) {
		checkLocation(t, l.(map[string]any))
	}
}

func checkLocation(t *testing.T, l map[string]any) {
	t.Helper()
	physical, ok := l["physicalLocation"].(map[string]any)
	if !ok {
		return
	}
	uri := physical["artifactLocation"].(map[string]any)["uri"].(string)
	if _, err := url.Parse(uri); err != nil || uri == "" {
		t.Errorf("uri %q: %v", uri, err)
	}
	if region, ok := physical["region"].(map[string]any); ok {
		for key, n := range region {
			if n.(float64) < 1 {
				t.Errorf("%s %v", key, n)
			}
		}
	}
}

func TestFileURI(t *testing.T) {
	for in, want := range map[string]string{
		"k8s/a.yaml": "k8s/a.yaml", "a b.yaml": "a%20b.yaml", "/srv/a.yaml": "file:///srv/a.yaml",
		"a:b.yaml": "./a:b.yaml", "a%2Fb#c?d": "a%252Fb%23c%3Fd", "../a.yaml": "../a.yaml",
	} {
		if got := fileURI(in); got != want {
			t.Errorf("fileURI(%q) = %q, want %q", in, got, want)
		}
	}
}
