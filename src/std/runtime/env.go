// The program's arguments and environment, and what the runtime itself takes from GODEBUG and GOTRACEBACK.
package runtime

import (
	"internal/runtime/atomic"
	"unsafe"
)

var (
	argslice []string
	envs     []string
)

func init() {
	argslice = hostStrings(args_sizes_get, args_get)
	envs = hostStrings(environ_sizes_get, environ_get)
	setTraceback(gogetenv("GOTRACEBACK"))
	tracebackLevelEnv = tracebackLevel
	godebugChanged(gogetenv("GODEBUG"))
}

// hostStrings fetches a list of strings, of which WASI gives 32-bit addresses of zero-terminated bytes.
func hostStrings(sizes, get func(a, b unsafe.Pointer) uint32) []string {
	var count, size uint32
	if sizes(unsafe.Pointer(&count), unsafe.Pointer(&size)) != 0 || count == 0 {
		return nil
	}
	ptrs := make([]uint32, count)
	bytes := make([]byte, size+1)
	if get(unsafe.Pointer(&ptrs[0]), unsafe.Pointer(&bytes[0])) != 0 {
		return nil
	}
	base := uint32(uintptr(unsafe.Pointer(&bytes[0])))
	list := make([]string, count)
	for i, p := range ptrs {
		list[i] = gostringnocopy(&bytes[p-base])
	}
	return list
}

func gogetenv(key string) string {
	for _, s := range envs {
		if len(s) > len(key) && s[len(key)] == '=' && s[:len(key)] == key {
			return s[len(key)+1:]
		}
	}
	return ""
}

//go:linkname os_runtime_args os.runtime_args
func os_runtime_args() []string {
	return append([]string{}, argslice...)
}

//go:linkname syscall_runtime_envs syscall.runtime_envs
func syscall_runtime_envs() []string {
	return append([]string{}, envs...)
}

//go:linkname syscall_runtimeSetenv syscall.runtimeSetenv
func syscall_runtimeSetenv(key, value string) {
	if key == "GODEBUG" {
		godebugChanged(value)
	}
}

//go:linkname syscall_runtimeUnsetenv syscall.runtimeUnsetenv
func syscall_runtimeUnsetenv(key string) {
	if key == "GODEBUG" {
		godebugChanged("")
	}
}

//go:linkname syscall_runtimeClearenv syscall.runtimeClearenv
func syscall_runtimeClearenv(env map[string]int) {
	if _, ok := env["GODEBUG"]; ok {
		godebugChanged("")
	}
}

//go:linkname syscall_Getpagesize syscall.Getpagesize
func syscall_Getpagesize() int {
	return 65536
}

//go:linkname syscall_Exit syscall.Exit
func syscall_Exit(code int) {
	exit(int32(code))
}

// panicnil is a setting that package runtime looks at itself: whether nil is a panic's value as others, and how often it was.
var panicnil struct {
	on   bool
	used uint64
}

// tracebackLabels: traces show profile labels.
var tracebackLabels bool

var (
	// godebugDefault is the settings that the main package's //go:debug lines and go.mod ask for. The compiler sets it.
	godebugDefault string
	godebugEnv     string
	godebugUpdate  func(def, env string)
)

func godebugChanged(env string) {
	godebugEnv = env
	setting := func(key string) string {
		if v := godebugValue(env, key); v != "" {
			return v
		}
		return godebugValue(godebugDefault, key)
	}
	panicnil.on = setting("panicnil") == "1"
	tracebackLabels = setting("tracebacklabels") == "1"
	async := uint32(0)
	if setting("asynctimerchan") == "2" {
		async = 1
	}
	asyncTimers.Store(async)
	if godebugUpdate != nil {
		godebugUpdate(godebugDefault, env)
	}
}

// godebugValue finds key's value in k=v,k=v, where later ones win.
func godebugValue(list, key string) string {
	end := len(list)
	for i := end - 1; i >= -1; i-- {
		if i >= 0 && list[i] != ',' {
			continue
		}
		kv := list[i+1 : end]
		if len(kv) > len(key) && kv[len(key)] == '=' && kv[:len(key)] == key {
			return kv[len(key)+1:]
		}
		end = i
	}
	return ""
}

//go:linkname godebug_setUpdate internal/godebug.setUpdate
func godebug_setUpdate(update func(def, env string)) {
	godebugUpdate = update
	update(godebugDefault, godebugEnv)
}

// A metric is a number that package godebug counts, for package runtime/metrics.
type metric struct {
	name string
	read func() uint64
	next unsafe.Pointer
}

var metrics unsafe.Pointer // *metric

//go:linkname godebug_registerMetric internal/godebug.registerMetric
func godebug_registerMetric(name string, read func() uint64) {
	m := &metric{name: name, read: read}
	for {
		m.next = atomic.Loadp(unsafe.Pointer(&metrics))
		if atomic.Casp1(&metrics, m.next, unsafe.Pointer(m)) {
			return
		}
	}
}
