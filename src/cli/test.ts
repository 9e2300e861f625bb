// The command test: makes a program of each package's tests, runs it in the package's folder and says how it went.
//
// Guarantees: lines, streams and exit codes are those of `go test`. Without packages on the command line, it tests the one of the
// current folder and shows all its output as it comes; otherwise the output of packages that pass is shown only with -v.
// Source: `go help test`; observed output of the go command.

import { constants } from 'node:os';
import { diskFiles } from '../host/node/files.ts';
import { ModError } from '../load/gomodsyntax.ts';
import type { Modules } from '../load/modules.ts';
import { Failure, failure, makeProgram, request } from './commands.ts';
import type { PackageErrors } from './compile.ts';
import { findPackages, type Places } from './patterns.ts';
import { parseTestCommand, type TestCommand } from './testflags.ts';
import { runTest, type TestEnd } from './testrun.ts';

export async function test(args: readonly string[]): Promise<number> {
  const command = parseTestCommand(args);
  const here = command.patterns.length === 0;
  const { cwd, goroot, modCache } = await request({}, false);
  const places = { files: diskFiles, cwd, goroot, modCache };
  const found = await search(places, here ? ['.'] : command.patterns);
  for (const w of found.warnings) process.stderr.write(`go: warning: ${w}\n`);
  if (found.errors.length > 0 && (here || found.packages.length === 0)) {
    const text = found.errors.map((e) => `go: ${e.msg}\n`).join('');
    throw new Failure(text);
  }
  if (found.packages.length === 0) {
    process.stderr.write('no packages to test\n');
    return 1;
  }
  let failed = found.errors.length > 0;
  for (const e of found.errors) process.stdout.write(`FAIL\t${e.path} [setup failed]\n`);
  for (const path of found.packages) {
    if (!(await testPackage(command, here, path, goroot, found.modules, found.packages.length))) {
      failed = true;
      if (command.failFast) break;
    }
  }
  if (failed && !here) process.stdout.write('FAIL\n');
  return failed ? 1 : 0;
}

async function search(places: Places, patterns: readonly string[]): Promise<ReturnType<typeof findPackages>> {
  try {
    return findPackages(places, patterns);
  } catch (e) {
    if (!(e instanceof ModError)) throw e;
    const { modErrorLines } = await import('./compile.ts');
    throw new Failure(`${modErrorLines(e, places.cwd).join('\n')}\n`);
  }
}

/** Says whether the package passed. */
async function testPackage(
  command: TestCommand,
  here: boolean,
  path: string,
  goroot: string,
  modules: Modules,
  packages: number,
): Promise<boolean> {
  const { wasm, errors } = await makeProgram({ test: path }, false);
  if (!wasm) return unbuilt(path, errors);
  const at = modules.locate(path);
  if (typeof at === 'string') throw new Failure(`${at}\n`);
  const stream = here || command.bench || (command.showPass && packages === 1);
  const end = await runTest({
    wasm,
    name: `${path.slice(path.lastIndexOf('/') + 1)}.test`,
    dir: at.dir,
    args: command.args,
    env: { ...process.env, GOROOT: goroot, PWD: at.dir },
    timeout: command.timeout,
    output: (d) => {
      if (stream) process.stdout.write(d);
    },
  });
  const streamedOnly = here || command.bench;
  process.stdout.write(report(path, end, command.showPass && !stream, stream, streamedOnly));
  return end.code === 0;
}

function unbuilt(path: string, errors: readonly PackageErrors[]): boolean {
  if (errors.some((e) => e.link === 'no test files')) {
    process.stdout.write(`?   \t${path}\t[no test files]\n`);
    return true;
  }
  // what is wrong with the module is said once
  if (errors.some((e) => e.path === '')) throw failure(errors);
  const loaded = errors.every((e) => e.link !== 'not loaded');
  for (const e of errors) {
    const title = !loaded || (e.path !== path && e.path !== `${path}_test`) ? e.path : `${e.path} [${path}.test]`;
    process.stderr.write(`${title ? `# ${title}\n` : ''}${e.lines.join('\n')}\n`);
  }
  process.stdout.write(`FAIL\t${path} [${loaded ? 'build' : 'setup'} failed]\n`);
  return false;
}

/** What is printed after a run. shown: its output has been printed already; unseen: and was not looked at. */
function report(path: string, end: TestEnd, all: boolean, shown: boolean, unseen: boolean): string {
  const time = `${end.seconds.toFixed(3)}s`;
  const newline = unseen || end.out === '' || end.out.endsWith('\n') ? '' : '\n';
  if (end.code === 0) {
    const none = !unseen && /(^|\n)testing: warning: no tests to run\n/.test(end.out) ? ' [no tests to run]' : '';
    return `${all ? end.out : ''}${newline}ok  \t${path}\t${time}${none}\n`;
  }
  let text = shown ? '' : end.out;
  if (end.killed) text += `*** Test killed${end.killed === 'SIGQUIT' ? ' with quit' : ''}: ran too long.\n`;
  if (end.signal) text += `signal: ${signalText(end.signal)}\n`;
  else if (unseen || end.out === '') text += `exit status ${end.code}\n`;
  else text += newline;
  return `${text}FAIL\t${path}\t${time}\n`;
}

function signalText(sig: NodeJS.Signals): string {
  const names: { readonly [sig: string]: string } = {
    SIGABRT: 'aborted',
    SIGHUP: 'hangup',
    SIGINT: 'interrupt',
    SIGKILL: 'killed',
    SIGQUIT: 'quit',
    SIGSEGV: 'segmentation fault',
    SIGTERM: 'terminated',
  };
  return names[sig] ?? `signal ${constants.signals[sig]}`;
}
