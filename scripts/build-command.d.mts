/** Resolves to the folder of the command as it is built; builds it if a source has changed. */
export function buildCommand(): Promise<string>;
