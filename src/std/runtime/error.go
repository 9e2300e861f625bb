// The values runtime errors panic with, and how a panic's value is printed.
package runtime

import (
	"internal/abi"
	"internal/bytealg"
)

// An Error is what a panic of the runtime itself carries.
type Error interface {
	error

	// RuntimeError does nothing: having it marks the error as the runtime's.
	RuntimeError()
}

// A TypeAssertionError explains a failed type assertion.
type TypeAssertionError struct {
	_interface    *_type
	concrete      *_type
	asserted      *_type
	missingMethod string
}

func (*TypeAssertionError) RuntimeError() {}

func (e *TypeAssertionError) Error() string {
	asserted := typeString(e.asserted)
	from := "interface"
	if e._interface != nil {
		from = typeString(e._interface)
	}
	if e.concrete == nil {
		return "interface conversion: " + from + " is nil, not " + asserted
	}
	concrete := typeString(e.concrete)
	if e.missingMethod != "" {
		return "interface conversion: " + concrete + " is not " + asserted + ": missing method " + e.missingMethod
	}
	msg := "interface conversion: " + from + " is " + concrete + ", not " + asserted
	switch {
	case concrete != asserted:
		return msg
	case typePkgPath(e.concrete) != typePkgPath(e.asserted):
		return msg + " (types from different packages)"
	}
	return msg + " (types from different scopes)"
}

// errorString is a runtime error told by a constant; plainError one without the usual beginning.
type errorString string

func (e errorString) RuntimeError() {}

func (e errorString) Error() string {
	return "runtime error: " + string(e)
}

type plainError string

func (e plainError) RuntimeError() {}

func (e plainError) Error() string {
	return string(e)
}

// errorAddressString is a memory fault.
type errorAddressString struct {
	msg  string
	addr uintptr
}

func (e errorAddressString) RuntimeError() {}

func (e errorAddressString) Error() string {
	return "runtime error: " + e.msg
}

func (e errorAddressString) Addr() uintptr {
	return e.addr
}

// A PanicNilError is what panic(nil) panics with.
type PanicNilError struct {
	_ [0]*PanicNilError // no other type has the same underlying one
}

func (*PanicNilError) Error() string { return "panic called with nil argument" }
func (*PanicNilError) RuntimeError() {}

// A boundsError is an index or a slice bound out of range: x against y.
type boundsError struct {
	x      int64
	y      int
	signed bool // x is an int64, not an uint64
	code   abi.BoundsErrorCode
}

func (e boundsError) RuntimeError() {}

// boundsText holds, for every code, what is printed before x, and after x and before y, and after y. Without y, for
// negative x, the third part follows x.
var boundsText = [...][3]string{
	abi.BoundsIndex:      {"index out of range [", "] with length ", "]"},
	abi.BoundsSliceAlen:  {"slice bounds out of range [:", "] with length ", "]"},
	abi.BoundsSliceAcap:  {"slice bounds out of range [:", "] with capacity ", "]"},
	abi.BoundsSliceB:     {"slice bounds out of range [", ":", ":]"},
	abi.BoundsSlice3Alen: {"slice bounds out of range [::", "] with length ", "]"},
	abi.BoundsSlice3Acap: {"slice bounds out of range [::", "] with capacity ", "]"},
	abi.BoundsSlice3B:    {"slice bounds out of range [:", ":", ":]"},
	abi.BoundsSlice3C:    {"slice bounds out of range [", ":", "::]"},
}

func (e boundsError) Error() string {
	if e.code == abi.BoundsConvert {
		return "runtime error: cannot convert slice with length " + decimal(int64(e.y), true) +
			" to array or pointer to array with length " + decimal(e.x, e.signed)
	}
	text := &boundsText[e.code]
	msg := "runtime error: " + text[0] + decimal(e.x, e.signed)
	if e.signed && e.x < 0 {
		return msg + text[2]
	}
	msg += text[1] + decimal(int64(e.y), true)
	switch e.code {
	case abi.BoundsSliceB, abi.BoundsSlice3B:
		msg += "]"
	case abi.BoundsSlice3C:
		msg += ":]"
	}
	return msg
}

func decimal(v int64, signed bool) string {
	var buf [20]byte
	return string(formatInt(&buf, v, signed))
}

// formatInt writes v to the end of buf.
//
//go:nosplit
func formatInt(buf *[20]byte, v int64, signed bool) []byte {
	neg := signed && v < 0
	u := uint64(v)
	if neg {
		u = -u
	}
	i := len(buf) - 1
	for ; u >= 10; i-- {
		buf[i] = byte('0' + u%10)
		u /= 10
	}
	buf[i] = byte('0' + u)
	if neg {
		i--
		buf[i] = '-'
	}
	return buf[i:]
}

type stringer interface {
	String() string
}

// printpanicval prints a panic's value. Error and String methods have been called already.
func printpanicval(v any) {
	switch v := v.(type) {
	case nil:
		print("nil")
	case bool:
		print(v)
	case int:
		print(v)
	case int8:
		print(v)
	case int16:
		print(v)
	case int32:
		print(v)
	case int64:
		print(v)
	case uint:
		print(v)
	case uint8:
		print(v)
	case uint16:
		print(v)
	case uint32:
		print(v)
	case uint64:
		print(v)
	case uintptr:
		print(v)
	case float32:
		print(v)
	case float64:
		print(v)
	case complex64:
		print(v)
	case complex128:
		print(v)
	case string:
		printindented(v)
	default:
		printnamedval(v)
	}
}

// printnamedval prints a value of a defined basic type as T(v), and anything else by its type and address.
func printnamedval(v any) {
	e := efaceOf(&v)
	t, p := typeString(e._type), e.data
	switch e._type.Kind() {
	case abi.Bool:
		print(t, "(", *(*bool)(p), ")")
	case abi.Int, abi.Int64:
		print(t, "(", *(*int64)(p), ")")
	case abi.Int8:
		print(t, "(", *(*int8)(p), ")")
	case abi.Int16:
		print(t, "(", *(*int16)(p), ")")
	case abi.Int32:
		print(t, "(", *(*int32)(p), ")")
	case abi.Uint, abi.Uint64:
		print(t, "(", *(*uint64)(p), ")")
	case abi.Uintptr:
		print(t, "(", *(*uintptr)(p), ")")
	case abi.Uint8:
		print(t, "(", *(*uint8)(p), ")")
	case abi.Uint16:
		print(t, "(", *(*uint16)(p), ")")
	case abi.Uint32:
		print(t, "(", *(*uint32)(p), ")")
	case abi.Float32:
		print(t, "(", *(*float32)(p), ")")
	case abi.Float64:
		print(t, "(", *(*float64)(p), ")")
	case abi.Complex64:
		print(t, *(*complex64)(p))
	case abi.Complex128:
		print(t, *(*complex128)(p))
	case abi.String:
		print(t, `("`)
		printindented(*(*string)(p))
		print(`")`)
	default:
		print("(", t, ") ", p)
	}
}

// printrawval prints what printpanicval does where nothing may suspend, which the printing of floats could; error values are as they are.
//
//go:nosplit
func printrawval(e eface) {
	if e._type == nil {
		print("nil")
		return
	}
	t, p := typeString(e._type), e.data
	before, after := "", ""
	if bytealg.IndexByteString(t, '.') >= 0 {
		before, after = "(", ")"
	} else {
		t = ""
	}
	switch e._type.Kind() {
	case abi.Bool:
		print(t, before, *(*bool)(p), after)
	case abi.Int, abi.Int64:
		print(t, before, *(*int64)(p), after)
	case abi.Int8:
		print(t, before, *(*int8)(p), after)
	case abi.Int16:
		print(t, before, *(*int16)(p), after)
	case abi.Int32:
		print(t, before, *(*int32)(p), after)
	case abi.Uint, abi.Uint64, abi.Uintptr:
		print(t, before, *(*uint64)(p), after)
	case abi.Uint8:
		print(t, before, *(*uint8)(p), after)
	case abi.Uint16:
		print(t, before, *(*uint16)(p), after)
	case abi.Uint32:
		print(t, before, *(*uint32)(p), after)
	case abi.String:
		if before != "" {
			before, after = `("`, `")`
		}
		print(t, before)
		printindented(*(*string)(p))
		print(after)
	default:
		print("(", typeString(e._type), ") ", p)
	}
}

// printindented keeps lines of s from looking like the beginning of a trace.
//
//go:nosplit
func printindented(s string) {
	for {
		i := bytealg.IndexByteString(s, '\n')
		if i < 0 {
			break
		}
		print(s[:i+1], "\t")
		s = s[i+1:]
	}
	print(s)
}
