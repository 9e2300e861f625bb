// The command's first lines: runs it as it is built (scripts/build-command.mjs), after building it if its sources have changed.
//
// Plain JavaScript of the kind that Node loads soonest. Guarantees: what runs is what the sources say; where nothing can be built, they run themselves.

const { existsSync, readFileSync, statSync } = require('node:fs');
const { dirname, join } = require('node:path');

const root = dirname(dirname(__dirname));
const builds = join(root, 'build', 'command');

const state = (st) => `${st.size} ${st.mtimeMs}`;

/** The build that was last current: its folder, and whether the sources are as they were then. null: there is none. */
function lastBuild() {
  try {
    const [of, name, ...sources] = readFileSync(join(builds, 'current'), 'utf8').split('\n');
    if (of !== root) return null;
    const unchanged = (line) => {
      const at = line.indexOf(' ', line.indexOf(' ') + 1);
      const st = statSync(`${root}/${line.slice(at + 1)}`, { throwIfNoEntry: false });
      return st !== undefined && state(st) === line.slice(0, at);
    };
    const dir = join(builds, name);
    return existsSync(dir) ? { dir, current: () => sources.every(unchanged) } : null;
  } catch {
    return null;
  }
}

/** The folder of the build that the sources would make as they are, or null. */
function currentBuild() {
  const last = lastBuild();
  return last?.current() ? last.dir : null;
}

/** Builds, or leaves it where that cannot be done. */
async function start() {
  let main;
  try {
    const { buildCommand } = await import('../../scripts/build-command.mjs');
    main = join(await buildCommand(), 'main.cjs');
  } catch {
    await import('./main.ts');
    return;
  }
  require(main);
}

/** What a run waits for longest is its thread: it can be made at once, and given up if it is of an old build. */
function threadAhead(dir) {
  try {
    const threads = require(join(dir, 'mworker.cjs'));
    threads.makeAhead();
    return threads;
  } catch {
    // Then the build is of another time, and not current.
    return null;
  }
}

module.exports = { root, builds, state, currentBuild };

if (require.main === module) {
  const last = lastBuild();
  const threads = last && process.argv[2] === 'run' ? threadAhead(last.dir) : null;
  if (last?.current()) require(join(last.dir, 'main.cjs'));
  else {
    threads?.giveUp();
    void start();
  }
}
