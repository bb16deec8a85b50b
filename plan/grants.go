package plan

import (
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
)

// Grant is a binding that gives rights to ServiceAccounts of an app that moves,
// and does not move with it: both the old and the new accounts are its subjects
// while both copies of the app run.
type Grant struct {
	Binding *manifest.Object
	*Accounts
}

// Accounts are the ServiceAccounts of an app that moves: those that move with it,
// and those with which its pods run.
type Accounts struct {
	App    *App
	Names  []string // in order
	Left   []string // of Names, those that others use who stay at the old place
	Alone  bool     // at the new place nobody lives who does not come from the old one
	Others bool     // pods of others stay at the old place
}

// AccountGroup is what the group of all ServiceAccounts of a namespace is called
// before the namespace
// (kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects).
const AccountGroup = "system:serviceaccounts:"

// AccountName returns the name of the ServiceAccount with which pods of a
// workload run.
func AccountName(workload *manifest.Object) string {
	if name := PodTemplate(workload).Text("spec", "serviceAccountName"); name != "" {
		return name
	}
	return "default"
}

// granter collects the grants of moving apps.
type granter struct {
	accounts map[clusterID][]*App // by ServiceAccount: the apps that have it
	named    map[*App][]clusterID // the other way round
	left     map[clusterID]bool   // accounts of workloads that stay
	owners   map[*manifest.Object][]*App
	places   map[Place]*dwellers
	of       map[*App]*Accounts
	out      map[*App][]Grant
}

// dwellers are those who live at a place.
type dwellers struct {
	leaves  []*App  // apps that move away
	stays   bool    // somebody's pods are there before and after
	today   bool    // anything is there today
	arrives []Place // where the apps come from that move there
}

// findGrants collects the grants of each moving app, each binding once.
func findGrants(g *Graph) map[*App][]Grant {
	c := &granter{
		accounts: map[clusterID][]*App{}, named: map[*App][]clusterID{}, left: map[clusterID]bool{},
		owners: map[*manifest.Object][]*App{}, places: map[Place]*dwellers{}, of: map[*App]*Accounts{}, out: map[*App][]Grant{},
	}
	for _, a := range g.Apps {
		c.addApp(a)
	}
	for _, s := range g.Shared {
		c.owners[s.Object] = s.Users
		for _, a := range s.Users {
			if s.Object.ID.IsServiceAccount() {
				c.addAccount(idOf(s.Object), a)
			}
		}
	}
	for _, o := range g.Inventory.Objects {
		c.addDweller(o)
	}
	for _, r := range g.References {
		if r.Object.Get("subjects").Len() == 0 || len(r.Path) == 0 || r.Path[0] != "subjects" {
			continue
		}
		switch {
		case r.Refers == refs.ToObject && r.Target.Kind == "ServiceAccount":
			c.grant(r.Object, c.accounts[targetOf(r)])
		case r.Refers == refs.ToNamespace && strings.HasPrefix(r.Object.Text(r.Path...), AccountGroup):
			c.grant(r.Object, c.at(Place{ClusterOf(r.Object), r.Target.Name}).leaves)
		}
	}
	return c.out
}

// at returns who lives at a place.
func (c *granter) at(p Place) *dwellers {
	if c.places[p] == nil {
		c.places[p] = &dwellers{}
	}
	return c.places[p]
}

// addApp notes what an app's accounts are, and where it lives.
func (c *granter) addApp(a *App) {
	for _, o := range a.Objects {
		c.owners[o] = []*App{a}
		if o.ID.IsServiceAccount() {
			c.addAccount(idOf(o), a)
		}
	}
	for _, w := range a.Workloads {
		if w.ID.Namespace == a.From.Namespace {
			c.addAccount(accountOf(w), a)
		}
	}
	if !a.Moves() {
		c.at(a.From).stays = true
		return
	}
	c.at(a.From).leaves = append(c.at(a.From).leaves, a)
	c.at(a.To).arrives = append(c.at(a.To).arrives, a.From)
}

func (c *granter) addAccount(id clusterID, a *App) {
	if !slices.Contains(c.accounts[id], a) {
		c.accounts[id] = append(c.accounts[id], a)
		c.named[a] = append(c.named[a], id)
	}
	c.left[id] = c.left[id] || !a.Moves()
}

// addDweller notes where an object lives, and what a workload that belongs to
// nobody runs with.
func (c *granter) addDweller(o *manifest.Object) {
	d := c.at(Place{ClusterOf(o), o.ID.Namespace})
	d.today = d.today || o.ID.Namespace != ""
	if c.owners[o] == nil && PodTemplate(o) != nil {
		d.stays = true
		c.left[accountOf(o)] = true
	}
}

func accountOf(workload *manifest.Object) clusterID {
	return clusterID{ClusterOf(workload), manifest.ID{Kind: "ServiceAccount", Namespace: workload.ID.Namespace, Name: AccountName(workload)}}
}

func (c *granter) grant(binding *manifest.Object, apps []*App) {
	for _, a := range apps {
		has := func(g Grant) bool { return g.Binding == binding }
		if a.Moves() && !movesWith(binding, c.owners[binding], a) && !slices.ContainsFunc(c.out[a], has) {
			c.out[a] = append(c.out[a], Grant{Binding: binding, Accounts: c.accountsOf(a)})
		}
	}
}

// movesWith reports whether a binding gets a copy of its own with an app: it is
// namespaced, and the app's alone.
func movesWith(binding *manifest.Object, owners []*App, a *App) bool {
	return binding.ID.Namespace != "" && len(owners) == 1 && owners[0] == a
}

// accountsOf describes the accounts of an app; each app is looked at once.
func (c *granter) accountsOf(a *App) *Accounts {
	if c.of[a] != nil {
		return c.of[a]
	}
	from, to := c.at(a.From), c.at(a.To)
	out := &Accounts{App: a, Others: from.stays, Alone: !to.today && !to.stays}
	for _, place := range to.arrives {
		out.Alone = out.Alone && place == a.From
	}
	for _, id := range c.named[a] {
		if id.Namespace != a.From.Namespace {
			continue
		}
		out.Names = append(out.Names, id.Name)
		if c.left[id] {
			out.Left = append(out.Left, id.Name)
		}
	}
	slices.Sort(out.Names)
	slices.Sort(out.Left)
	c.of[a] = out
	return out
}
