// Builds the command: src/cli and what it imports, as JavaScript in a few files, which start sooner than the sources.
//
// A build is a folder of build/command named after its contents; the file `current` beside it names the build, and the sources it was made of with their
// sizes and times (src/cli/start.cjs reads it). Guarantees: folder and file appear whole or not at all, so several may build at once; the last builds stay, since
// commands that run may still load from them.

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import start from '../src/cli/start.cjs';

const { root, builds, currentBuild, state } = start;

/** Modules that the command, its threads and its processes start with. */
const entries = {
  main: 'cli/main.ts',
  compiler: 'cli/compiler.ts',
  modworker: 'cli/modworker.ts',
  launched: 'cli/launched.ts',
  worker: 'host/node/worker.ts',
  mworker: 'host/node/mworker.ts',
};

/** What else decides what a build is. */
const others = ['scripts/build-command.mjs', 'src/cli/start.cjs', 'package-lock.json'];

/** builds that stay */
const kept = 4;

/** The states of all sources, by path. Taken before they are read: what changes meanwhile is seen to have changed. */
function states() {
  const dir = join(root, 'src');
  const found = new Map();
  for (const name of readdirSync(dir, { recursive: true }))
    if (name.endsWith('.ts')) found.set(join('src', name), state(statSync(join(dir, name))));
  for (const name of others) found.set(name, state(statSync(join(root, name))));
  return found;
}

/**
 * A file of the output with its imports from others as variables of its own: esbuild would have each use of one call a getter, which the engine does not see through.
 * Nothing that is exported may change after its module has run.
 */
function bound(text) {
  const names = (list, as) => list.replaceAll(/(\S+) as (\S+?)(,?\s)/g, as);
  return text
    .replaceAll(
      /^import \{([^}]*)\} from ("\.\/[^"]*");$/gm,
      (_, list, file) => `const {${names(list, '$1: $2$3')}} = require(${file});`,
    )
    .replaceAll(/^import ("\.\/[^"]*");$/gm, 'require($1);')
    .replaceAll(/^export \{([^}]*)\};$/gm, (_, list) => `module.exports = {${names(list, '$2: $1$3')}};`);
}

/** The output's files and what they were made of. Node loads modules of the older kind sooner, and esbuild splits only the newer: hence two steps. */
async function bundle() {
  const { build, transform } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, join(root, 'src', file)])),
    bundle: true,
    splitting: true,
    platform: 'node',
    packages: 'external',
    format: 'esm',
    target: 'esnext',
    outdir: builds,
    outExtension: { '.js': '.cjs' },
    define: {
      burrowRoot: JSON.stringify(root),
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
    },
    sourcemap: 'inline',
    sourcesContent: false,
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const files = new Map();
  for (const { path, text } of outputFiles) {
    const { code, map } = await transform(bound(text), {
      format: 'cjs',
      platform: 'node',
      target: 'esnext',
      supported: { 'dynamic-import': false },
      minifyWhitespace: true,
      minifySyntax: true,
      sourcemap: 'external',
      sourcesContent: false,
      sourcefile: basename(path),
    });
    files.set(basename(path), code);
    files.set(`${basename(path)}.map`, map);
  }
  return { files, sources: Object.keys(metafile.inputs).map((path) => relative(root, resolve(root, path))) };
}

/** Leaves the builds that were last made or found current. */
function removeOld() {
  const old = readdirSync(builds, { withFileTypes: true })
    .filter((e) => e.isDirectory())
    .map((e) => ({ path: join(builds, e.name), time: statSync(join(builds, e.name)).mtimeMs }))
    .sort((a, b) => b.time - a.time)
    .slice(kept);
  for (const { path } of old) rmSync(path, { recursive: true, force: true });
}

/** Resolves to the folder of the current build, made if need be; rejects where that cannot be. */
export async function buildCommand() {
  const known = currentBuild();
  if (known) return known;
  const before = states();
  const { files, sources } = await bundle();
  const hash = createHash('sha256');
  for (const [name, text] of files) hash.update(`${name}\0${text}\0`);
  const name = hash.digest('hex').slice(0, 32);
  const dir = join(builds, name);
  const temp = join(builds, `${process.pid}.tmp`);
  mkdirSync(temp, { recursive: true });
  try {
    // It may be there: made by another process, or of the same sources with other times.
    const there = ([file, text]) =>
      statSync(join(dir, file), { throwIfNoEntry: false })?.size === Buffer.byteLength(text);
    if ([...files].every(there)) utimesSync(dir, new Date(), new Date());
    else {
      for (const [file, text] of files) writeFileSync(join(temp, file), text);
      rmSync(dir, { recursive: true, force: true });
      try {
        renameSync(temp, dir);
      } catch (e) {
        if (![...files].every(there)) throw e;
      }
    }
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
  const current = `${temp}.current`;
  writeFileSync(
    current,
    [root, name, ...[...sources, ...others].map((path) => `${before.get(path)} ${path}`)].join('\n'),
  );
  renameSync(current, join(builds, 'current'));
  removeOld();
  return dir;
}
