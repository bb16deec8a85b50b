// Package browser clicks through the reports of the examples in a real browser.
// It is a module of its own, so that rehome does not depend on what drives one.
package browser

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// names are those under which browsers of the Chromium family are installed.
var names = []string{"chromium", "chromium-browser", "google-chrome", "chrome"}

// page is a report in a browser.
type page struct {
	context.Context
	t      *testing.T
	mu     sync.Mutex
	errors []string // of the console and of scripts
}

// open opens a report. In CI there must be a browser; elsewhere a test without one
// is skipped.
func open(t *testing.T, report string) *page {
	t.Helper()
	path := ""
	for _, name := range names {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("there is no browser: install chromium")
		}
		t.Skip("there is no browser: install chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.WindowSize(1300, 1000))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, closePage := chromedp.NewContext(allocator)
	t.Cleanup(closePage)
	ctx, expire := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(expire)
	p := &page{Context: ctx, t: t}
	err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			p.complain(e.ExceptionDetails.Text + " " + e.ExceptionDetails.Exception.Description)
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
				p.complain(string(e.Type))
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	p.run(chromedp.Navigate("file://"+report), chromedp.WaitVisible("#phase h2"))
	return p
}

func (p *page) complain(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.errors = append(p.errors, text)
}

func (p *page) run(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// text evaluates an expression that is a text.
func (p *page) text(expression string) string {
	p.t.Helper()
	out, err := chromedp.Run(p, chromedp.Evaluate[string]("String("+expression+")"))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return out
}

// emulate shows the page as another medium does.
func (p *page) emulate(media emulation.SetEmulatedMediaParams) {
	p.t.Helper()
	if _, err := chromedp.Call(p, emulation.SetEmulatedMedia, media); err != nil {
		p.t.Fatal(err)
	}
}

// want fails unless an expression is a text.
func (p *page) want(expression, want string) {
	p.t.Helper()
	if got := p.text(expression); got != want {
		p.t.Errorf("%s is %q, want %q", expression, got, want)
	}
}

// keep writes what is seen to a file below the directory of screenshots.
func (p *page) keep(name string) {
	p.t.Helper()
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		dir = p.t.ArtifactDir()
	}
	shot, err := chromedp.Run(p, chromedp.FullScreenshot(100))
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), shot, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// healthy fails when a script failed, or drew something that is no picture.
func (p *page) healthy() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.errors {
		p.t.Errorf("the page complains: %s", e)
	}
	p.want(`document.querySelector("#phase").innerHTML.includes("NaN")`, "false")
	p.want(`document.querySelector("#phase").innerHTML.includes("undefined")`, "false")
}

// reports are those of the examples.
func reports(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob("../../examples/*/out*/report.html")
	if err != nil || len(found) == 0 {
		t.Fatalf("no example has a report: %v", err)
	}
	for i := range found {
		if found[i], err = filepath.Abs(found[i]); err != nil {
			t.Fatal(err)
		}
	}
	return found
}

func TestEveryPhase(t *testing.T) {
	for _, report := range reports(t) {
		dir := filepath.Dir(report)
		name := filepath.Base(filepath.Dir(dir)) + "-" + filepath.Base(dir)
		t.Run(name, func(t *testing.T) {
			p := open(t, report)
			states, err := os.ReadDir(filepath.Join(dir, "states"))
			if err != nil {
				t.Fatal(err)
			}
			p.want(`document.querySelectorAll("[role=tab]").length`, itoa(len(states)))
			for i, state := range states {
				p.run(chromedp.Click("#tab-"+itoa(i)))
				p.want("location.hash", "#"+state.Name())
				p.want(`document.querySelectorAll("[aria-selected=true]").length + document.querySelector("[aria-selected=true]").id`, "1tab-"+itoa(i))
				if drawn := p.text(`document.querySelectorAll("#phase figure .node").length`); drawn == "0" {
					t.Errorf("%s draws no app", state.Name())
				}
				p.text(`document.querySelectorAll("details").forEach((d) => { d.open = true; })`)
				p.keep(name + "-" + state.Name())
				p.healthy()
			}
		})
	}
}

func TestKeyboard(t *testing.T) {
	p := open(t, reports(t)[0])
	p.run(chromedp.Focus("#tab-0"), chromedp.KeyEvent(kb.ArrowRight))
	p.want("document.activeElement.id", "tab-1")
	p.run(chromedp.KeyEvent(kb.End))
	last := p.text("document.activeElement.id")
	p.run(chromedp.KeyEvent(kb.ArrowRight))
	p.want("document.activeElement.id", last)
	p.run(chromedp.KeyEvent(kb.Home))
	p.want("document.activeElement.id", "tab-0")
	p.run(chromedp.KeyEvent("n"))
	p.want(`document.querySelector("[aria-selected=true]").id`, "tab-1")
	p.run(chromedp.KeyEvent("/"))
	p.want("document.activeElement.id", "search")
	p.healthy()
}

func TestSearch(t *testing.T) {
	for _, report := range reports(t) {
		if !strings.Contains(report, "foobar") {
			continue
		}
		p := open(t, report)
		p.run(chromedp.Click("#tab-2"), chromedp.KeyEvent("/"), chromedp.KeyEvent("appc"))
		p.want(`document.querySelectorAll(".node.found").length`, "1")
		p.want(`[...document.querySelectorAll(".node:not(.dim) text")].map((n) => n.textContent).join()`, "appc")
		p.run(chromedp.KeyEvent(kb.Escape))
		p.want(`document.querySelectorAll(".dim").length`, "0")
		p.healthy()
	}
}

func TestDark(t *testing.T) {
	p := open(t, reports(t)[0])
	light := p.text("getComputedStyle(document.body).backgroundColor")
	p.emulate(emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
	if dark := p.text("getComputedStyle(document.body).backgroundColor"); dark == light {
		t.Errorf("dark and light are both %s", dark)
	}
	p.keep("dark")
}

func TestPrint(t *testing.T) {
	p := open(t, reports(t)[0])
	p.emulate(emulation.SetEmulatedMediaParams{Media: "print"})
	p.want(`getComputedStyle(document.querySelector("nav")).display`, "none")
	p.text(`window.dispatchEvent(new Event("beforeprint"))`)
	p.want(`document.querySelectorAll("details:not([open])").length`, "0")
}

func itoa(n int) string { return strconv.Itoa(n) }
