/** Path of the built runtime. */
export const runtimeFile: string;
/** Builds the AssemblyScript runtime unless it is up to date; throws with the compiler's messages. */
export function buildRuntime(): Promise<void>;
/** Compiles the runtime with the given text in the place of index.ts; throws with the compiler's messages. */
export function compileRuntime(entry: string): Promise<Uint8Array>;
