package metrics

// runtime_startSampling has the runtime measure what it otherwise does not.
func runtime_startSampling()

func init() { runtime_startSampling() }
