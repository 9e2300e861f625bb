// `npm run build:runtime`: the AssemblyScript runtime into build/.
import { buildRuntime } from '../build-runtime.mjs';

await buildRuntime();
