// The command line's first word decides: calls the command it names, prints what is wrong, ends with the exit code Go's tools have.

import { die } from '../host/node/signals.ts';
import { CacheError } from './cachefolder.ts';
import { Failure } from './failure.ts';
import { UsageError } from './flags.ts';
import { internalError } from './messages.ts';
import { removeAll } from './tempfolder.ts';

async function command(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  switch (name) {
    case 'run':
      return (await import('./run.ts')).run(rest);
    case 'build':
      return (await import('./commands.ts')).build(rest);
    case 'vet':
      return (await import('./commands.ts')).vet(rest);
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
      return (await import('./texts.ts')).env(rest);
    case 'version':
      return (await import('./texts.ts')).version(rest);
    case 'help':
      return (await import('./texts.ts')).help(rest);
    case undefined:
      process.stderr.write((await import('./texts.ts')).usage());
      return 2;
    default:
      process.stderr.write((await import('./texts.ts')).unknownCommand(name));
      return 2;
  }
}

async function failed(e: unknown): Promise<void> {
  if (e instanceof UsageError) {
    const { usageHint } = await import('./texts.ts');
    process.stderr.write(`${e.message}\n${usageHint(process.argv[2]!)}`);
    process.exitCode = 2;
  } else if (e instanceof Failure || e instanceof CacheError) {
    process.stderr.write(e.message);
    process.exitCode = e instanceof Failure ? e.code : 1;
  } else {
    const { message, stack } = e as Error;
    const { placeOf } = await import('./place.ts');
    process.stderr.write(internalError(message, placeOf(stack ?? '') ?? 'unknown place'));
    process.exitCode = 3;
  }
}

process.on('uncaughtException', (e: NodeJS.ErrnoException) => {
  if (e.code === 'EPIPE' && e.syscall === 'write') {
    // Nobody reads what the command prints: it ends as others that write into a closed pipe.
    removeAll();
    die('SIGPIPE');
  }
  void failed(e).then(() => process.exit());
});

export async function start(args: readonly string[]): Promise<void> {
  try {
    process.exitCode = await command(args);
  } catch (e) {
    await failed(e);
  }
}
