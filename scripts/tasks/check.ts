// `npm run check`: type check and lint, nothing else.
import { check } from '../check.ts';

let ok = true;
for (const passed of check()) ok &&= passed;
process.exitCode = ok ? 0 : 1;
