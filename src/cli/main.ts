// The burrow command: reads the command line, calls the stages, prints what they say, ends with the exit code Go's tools have.

import { die } from '../host/node/signals.ts';
import { CacheError } from './cachefolder.ts';
import { keepCode } from './codecache.ts';
import { UsageError } from './flags.ts';
import { removeAll } from './tempfolder.ts';

keepCode();
const { internalError } = await import('./messages.ts');
const { build, Failure, run, vet } = await import('./commands.ts');
const { env, help, unknownCommand, usage, usageHint, version } = await import('./texts.ts');

async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  switch (command) {
    case 'run':
      return run(rest);
    case 'build':
      return build(rest);
    case 'vet':
      return vet(rest);
    case 'test':
      return (await import('./test.ts')).test(rest);
    case 'bench':
      return (await import('./bench.ts')).bench(rest);
    case 'mod':
      return (await import('./mod.ts')).mod(rest);
    case 'list':
      return (await import('./list.ts')).list(rest);
    case 'tool':
      return (await import('./tool.ts')).tool(rest);
    case 'env':
      return env(rest);
    case 'version':
      return version(rest);
    case 'help':
      return help(rest);
    case undefined:
      process.stderr.write(usage());
      return 2;
    default:
      process.stderr.write(unknownCommand(command));
      return 2;
  }
}

function failed(e: unknown): void {
  if (e instanceof UsageError) {
    process.stderr.write(`${e.message}\n${usageHint(process.argv[2]!)}`);
    process.exitCode = 2;
  } else if (e instanceof Failure || e instanceof CacheError) {
    process.stderr.write(e.message);
    process.exitCode = 1;
  } else {
    const at = /\(?(?:file:\/\/)?[^\s(]*\/(src\/[^\s)]+)\)?/.exec((e as Error).stack ?? '')?.[1] ?? 'unknown place';
    process.stderr.write(internalError((e as Error).message, at));
    process.exitCode = 3;
  }
}

process.on('uncaughtException', (e: NodeJS.ErrnoException) => {
  if (e.code === 'EPIPE' && e.syscall === 'write') {
    // Nobody reads what the command prints: it ends as others that write into a closed pipe.
    removeAll();
    die('SIGPIPE');
  }
  failed(e);
  process.exit();
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (e) {
  failed(e);
}
