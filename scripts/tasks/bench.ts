// `npm run bench [-- program…] [-rounds=N] [-json]`, or `npm run bench -- http [-rounds=N]`
import { main } from '../../test/bench/bench.ts';
import { main as load } from '../../test/bench/http/load.ts';
import { buildRuntime } from '../build-runtime.mjs';

await buildRuntime();
const args = process.argv.slice(2);
if (args[0] === 'http') await load(Number(args.find((a) => a.startsWith('-rounds='))?.slice(8) ?? 3));
else main(args);
