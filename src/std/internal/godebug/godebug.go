// Package godebug holds the settings of $GODEBUG that change behaviour.
//
// It stands in for Go's package of the same name, which every program contains, and most of which serves the search for the
// call that a setting breaks (internal/bisect). That is left out, and with it package sync.
package godebug

import (
	"sync/atomic"
	_ "unsafe" // for linkname
)

// A Setting is one key=value of $GODEBUG.
type Setting struct {
	name         string
	undocumented bool
	cached       atomic.Pointer[cachedValue]
	nonDefault   atomic.Uint64
}

// A cachedValue holds as long as the environment it was found in is the current one.
type cachedValue struct {
	in   *environment
	text string
}

type environment struct {
	def, env string
}

var first, current atomic.Pointer[environment]

// immutable is the setting that keeps the value the program began with: internal/godebugs has one such.
const immutable = "fips140"

// New returns the setting of the given name; a # before it marks one that is not documented.
func New(name string) *Setting {
	s := &Setting{name: name}
	if name != "" && name[0] == '#' {
		s.name, s.undocumented = name[1:], true
	}
	return s
}

// Name returns the setting's name.
func (s *Setting) Name() string { return s.name }

// Undocumented reports whether the setting was made with a #.
func (s *Setting) Undocumented() bool { return s.undocumented }

// String returns name=value.
func (s *Setting) String() string { return s.name + "=" + s.Value() }

// Value returns the setting's current value, "" if there is none.
func (s *Setting) Value() string {
	in := current.Load()
	if s.name == immutable {
		in = first.Load()
	}
	if c := s.cached.Load(); c != nil && c.in == in {
		return c.text
	}
	c := &cachedValue{in: in}
	if in != nil {
		var found bool
		if c.text, found = lookup(in.env, s.name); !found {
			c.text, _ = lookup(in.def, s.name)
		}
	}
	s.cached.Store(c)
	return c.text
}

// IncNonDefault counts that the program did something else because of the setting.
func (s *Setting) IncNonDefault() {
	if s.nonDefault.Add(1) == 1 {
		registerMetric("/godebug/non-default-behavior/"+s.name+":events", s.nonDefault.Load)
	}
}

// lookup finds key in k=v,k=v, where later ones win. What follows a # in a value says when the setting applies; it always does.
func lookup(list, key string) (value string, found bool) {
	end := len(list)
	for i := end - 1; i >= -1; i-- {
		if i >= 0 && list[i] != ',' {
			continue
		}
		kv := list[i+1 : end]
		if len(kv) > len(key) && kv[len(key)] == '=' && kv[:len(key)] == key {
			value = kv[len(key)+1:]
			for j := range len(value) {
				if value[j] == '#' {
					return value[:j], true
				}
			}
			return value, true
		}
		end = i
	}
	return "", false
}

func init() {
	setUpdate(func(def, env string) {
		e := &environment{def, env}
		first.CompareAndSwap(nil, e)
		current.Store(e)
	})
}

// setUpdate has update called now and whenever $GODEBUG changes.
//
//go:linkname setUpdate
func setUpdate(update func(def, env string))

// registerMetric adds a counter to package runtime/metrics.
//
//go:linkname registerMetric
func registerMetric(name string, read func() uint64)
