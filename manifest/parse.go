package manifest

import "github.com/rehome-dev/rehome/diag"

type originFile struct{}

func (s *Source) pos(base *Node, path []string) diag.Pos { return diag.Pos{File: s.file} }
