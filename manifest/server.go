package manifest

// dump counts what the objects of a file lost because a server had set it.
type dump struct {
	objects int
	fields  []string
}

func (p *parser) clean(o *Object) *Object { return o }
func (p *parser) leaveOut()               {}
func (p *parser) report()                 {}
