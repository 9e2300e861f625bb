// The command run: a program from its package, in this process.
//
// Guarantees: a mistake in the program is printed as the go command prints it, with exit code 1; otherwise the command ends as the program ends.

import { endProcess, environment, load, type RunOptions, run as runProgram } from '../host/node/run.ts';
import { Failure } from './failure.ts';
import { parseFlags } from './flags.ts';
import { buildFlags, useBuildFlags } from './modsettings.ts';
import { program } from './program.ts';
import { splitTarget } from './target.ts';
import { makeTemp, removeTemp } from './tempfolder.ts';

export async function run(args: readonly string[]): Promise<number> {
  const { values, rest } = parseFlags({ seed: 'int', events: 'string', ...buildFlags }, args);
  useBuildFlags(values);
  if (rest.length === 0 || rest[0]!.startsWith('-')) throw new Failure('go: no go files listed\n');
  for (const f of rest) {
    if (!f.endsWith('.go')) break;
    if (f.endsWith('_test.go')) throw new Failure(`go: cannot run *_test.go files (${f})\n`);
  }
  const { target, name, rest: programArgs } = splitTarget(rest);
  const wasm = await program(target, true);
  const options: { -readonly [K in keyof RunOptions]: RunOptions[K] } = {
    args: [name, ...programArgs],
    env: environment(),
  };
  const seed = values.get('seed');
  if (seed !== undefined) {
    options.seed = BigInt.asIntN(64, BigInt(seed));
    if (options.seed === 0n) throw new Failure('burrow: -seed must not be 0\n');
  }
  const file = values.get('events');
  const log = file ? new (await import('./events.ts')).EventLog(file) : null;
  if (log) options.events = (events) => log.add(events);
  const module = load(wasm);
  if (!(module instanceof WebAssembly.Module)) {
    endProcess(module);
    return 0;
  }
  const temp = startsPrograms(module) ? await launcherFor(wasm, name, options) : null;
  const ending = await runProgram(module, options);
  if (temp) removeTemp(temp);
  log?.close();
  if ('code' in ending && ending.code !== 0) process.stderr.write(`exit status ${ending.code}\n`);
  endProcess(ending);
  return 0;
}

/** Does the program ask for its file, or start others? */
function startsPrograms(module: WebAssembly.Module): boolean {
  return WebAssembly.Module.imports(module).some(
    (i) => i.module === 'sys' && (i.name === 'executable' || i.name === 'spawn'),
  );
}

/** Makes a program that may start itself a file, in a folder of its own, whose path is the result. */
async function launcherFor(
  wasm: Uint8Array,
  name: string,
  options: { args: readonly string[]; executable?: string },
): Promise<string> {
  const { writeLauncher } = await import('./launcher.ts');
  const temp = makeTemp('burrow-run');
  options.executable = writeLauncher(temp, name, wasm);
  options.args = [options.executable, ...options.args.slice(1)];
  return temp;
}
