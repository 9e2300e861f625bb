// `npm run build:runtime`: the AssemblyScript runtime, and the command's own modules, into build/.
import { buildCommand } from '../build-command.mjs';
import { buildRuntime } from '../build-runtime.mjs';

await buildRuntime();
await buildCommand();
