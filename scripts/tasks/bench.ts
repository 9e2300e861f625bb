// `npm run bench [-- program…] [-rounds=N] [-json]`
import { main } from '../../test/bench/bench.ts';
import { buildRuntime } from '../build-runtime.mjs';

await buildRuntime();
main(process.argv.slice(2));
