// What the command says about itself.

import { readFileSync } from 'node:fs';
import { goVersion } from '../host/node/goroot.ts';
import { cacheDir } from './cache.ts';
import { knownGoroot } from './goroot.ts';

export const usage = `Burrow compiles Go programs to WebAssembly and runs them.

Usage:

	burrow <command> [arguments]

The commands are:

	run      compile and run a program
	build    compile a program into an executable file
	vet      check a package's types
	tool     look at what the compiler does (tool compile -dump=…)
	env      print Burrow's environment
	version  print Burrow's version
	help     print this, or more about a command

Use "burrow help <command>" for more information about a command.
`;

const details: { [command: string]: string } = {
  run: `usage: burrow run FILES|DIR|PACKAGE [arguments...]

Run compiles the named main package and runs it. Its standard streams, arguments, environment
and exit code are the program's. An unchanged program comes from the cache.
`,
  build: `usage: burrow build [-o output] FILES|DIR|PACKAGE

Build compiles the named main package into one executable file, which needs Node and nothing else.
The file is named after the first file or the folder unless -o says otherwise.
`,
  vet: `usage: burrow vet [-e] FILES|DIR|PACKAGE

Vet checks the types of a package and of all it imports, and reports what gc would.
-e reports all errors, not only the first 10.
`,
  tool: `usage: burrow tool compile -dump=types|ir|wasm FILES|DIR|PACKAGE [-func NAME]

Tool compile prints what a stage of the compiler makes of a package.
`,
};

export function help(args: readonly string[]): number {
  const topic = args[0];
  if (topic === undefined) process.stdout.write(usage);
  else if (Object.hasOwn(details, topic)) process.stdout.write(details[topic]!);
  else {
    process.stderr.write(`burrow help ${topic}: unknown help topic. Run 'burrow help'.\n`);
    return 2;
  }
  return 0;
}

export function version(): number {
  const pkg = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  const goroot = knownGoroot();
  process.stdout.write(`burrow version ${pkg.version} ${(goroot && goVersion(goroot)) || 'go1.26'} wasip1/wasm\n`);
  return 0;
}

export function env(args: readonly string[]): number {
  const vars: { [name: string]: string } = {
    BURROW_CACHE: cacheDir() ?? 'off',
    GOARCH: 'wasm',
    GOOS: 'wasip1',
    GOROOT: knownGoroot() ?? '',
  };
  for (const name of args) process.stdout.write(`${vars[name] ?? ''}\n`);
  if (args.length === 0) for (const [k, v] of Object.entries(vars)) process.stdout.write(`${k}='${v}'\n`);
  return 0;
}
