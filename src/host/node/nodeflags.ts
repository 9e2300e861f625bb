// What Node is started with, wherever Burrow starts it; bin/burrow has the same.

/**
 * The semi-space is that of V8's young generation, in megabytes: it begins with one, and would be collected several times, and all of V8's heap once, before a
 * small program has run.
 */
export const nodeFlags: readonly string[] = ['--disable-warning=ExperimentalWarning', '--min-semi-space-size=8'];
