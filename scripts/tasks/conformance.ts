// `npm run conformance -- [folder…] [--gcstress] [-v]`: programs of Go's test folder through the command, read in place.
//
// Covers `run` (output and exit code) and `errorcheck` (errors on the lines that ask for them) so far; other recipes are counted as not
// tried. Folders: chan, ken, interface, typeparam, fixedbugs, or "." for the top level; default chan and ken.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findGoroot } from '../../src/host/node/goroot.ts';
import { mismatches, splitDiagnostics, wantedErrors } from '../../test/conformance/expect.ts';
import { aboutNativeToolchain, parseRecipe } from '../../test/conformance/recipe.ts';
import { buildRuntime } from '../build-runtime.mjs';
import { root } from '../root.ts';

await buildRuntime();
const args = process.argv.slice(2);
const stress = args.includes('--gcstress');
const folders = args.filter((a) => !a.startsWith('-'));
const goroot = findGoroot();
if (!goroot) throw new Error('no Go 1.26 sources found');

function problem(dir: string, name: string, source: string): string | null | undefined {
  const recipe = parseRecipe(source);
  if (aboutNativeToolchain(recipe, source)) return undefined;
  if (recipe.action !== 'run' && (recipe.action !== 'errorcheck' || !recipe.wantError || recipe.flags.length > 0))
    return undefined;
  const command = recipe.action === 'run' ? ['run', name, ...recipe.args] : ['vet', '-e', name];
  const r = spawnSync(join(root, 'bin', 'burrow'), command, {
    cwd: dir,
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, ...recipe.env, ...(stress && { GODEBUG: 'gcstress=1' }) },
  });
  const output = r.stdout + r.stderr;
  if (recipe.action === 'run') {
    if (r.status !== 0) return `exit ${r.status}: ${output.slice(0, 200)}`;
    const expected = join(dir, name.replace(/\.go$/, '.out'));
    const want = existsSync(expected) ? readFileSync(expected, 'utf8') : '';
    return output === want || r.stdout === want ? null : 'output differs';
  }
  return mismatches(splitDiagnostics(output), wantedErrors(source, name)).join('; ') || null;
}

let failed = 0;
for (const folder of folders.length > 0 ? folders : ['chan', 'ken']) {
  const dir = join(goroot, 'test', folder);
  let passed = 0;
  let left = 0;
  for (const name of readdirSync(dir).filter((f) => f.endsWith('.go'))) {
    const p = problem(dir, name, readFileSync(join(dir, name), 'utf8'));
    if (p === null) passed++;
    else if (p === undefined) left++;
    else {
      failed++;
      process.stdout.write(`FAIL ${folder}/${name}: ${p}\n`);
    }
  }
  process.stdout.write(`${folder}: ${passed} passed, ${left} not tried\n`);
}
process.stdout.write(`${failed} failed\n`);
process.exitCode = failed ? 1 : 0;
