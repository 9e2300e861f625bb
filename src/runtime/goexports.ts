// Go functions of package runtime that the scheduler starts goroutines with, in the order of linkinfo's table. proc.ts has the
// indices.

export const goExportNames: readonly string[] = ['fatalpanic', 'deadlock', 'timerproc', 'runfinq', 'stackoverflow', 'dieOfSignal'];
