package testenv

// HasParallelism reports that goroutines run beside each other, which elsewhere they do not on WebAssembly.
func HasParallelism() bool { return true }
