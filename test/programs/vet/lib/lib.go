package lib

import (
	"fmt"
	"io"
)

type Log struct{ w io.Writer }

func (l *Log) Infof(format string, args ...any) { fmt.Fprintf(l.w, format, args...) }
func (l Log) Info(args ...any)                  { fmt.Fprint(l.w, args...) }
func Wrap(err error, format string, args ...interface{}) error {
	return fmt.Errorf("%w: "+format, append([]any{err}, args...)...)
}
func Wrapf(format string, args ...interface{}) error { return fmt.Errorf(format, args...) }
func Indirect(format string, args ...any)            { new(Log).Infof(format, args...) }
func Not(format string, args ...any)                 { format = "x" + format; fmt.Printf(format, args...) }
