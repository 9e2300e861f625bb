// The way into every npm script: makes a fresh clone ready, then runs a task of scripts/tasks on Burrow's own Node.
//
// Assumes: any Node from 20 on, and npm. Plain JavaScript for that reason: the older Nodes cannot read TypeScript.
// Guarantees: dependencies are installed as package-lock.json says, once; the exit code is the task's.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const node = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

const fail = (message) => {
  process.stderr.write(`burrow: ${message}\n`);
  process.exit(1);
};

/** Installed exactly what the lock file names? npm leaves its own copy of the lock in node_modules. */
function installed() {
  const have = join(modules, '.package-lock.json');
  if (!existsSync(have)) return false;
  const want = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const got = JSON.parse(readFileSync(have, 'utf8')).packages;
  return Object.keys(want).every(
    (path) => path === '' || want[path].optional || got[path]?.version === want[path].version,
  );
}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) fail(`${command} could not be started: ${result.error.message}`);
  if (result.signal) process.kill(process.pid, result.signal);
  return result.status ?? 1;
}

if (!installed()) {
  process.stderr.write('burrow: installing dependencies (npm install)\n');
  const npm = process.env.npm_execpath;
  // Not `npm ci`: it refuses a lock file that lacks optional packages for other systems, which some registries do not have.
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  const status = npm?.endsWith('.js')
    ? run(process.execPath, [npm, ...args])
    : run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, { shell: process.platform === 'win32' });
  if (status !== 0)
    fail('npm install failed: the messages above say why; a working connection to an npm registry is needed once');
}
// npm may be set to skip install scripts; the node package's own is what puts the binary in its place.
if (!existsSync(node)) {
  const setup = join(modules, 'node', 'installArchSpecificPackage.js');
  if (existsSync(setup)) run(process.execPath, [setup], { cwd: join(modules, 'node') });
}
if (!existsSync(node))
  fail('the npm package "node" has no binary for this machine; install Node 26 and run the task with it');

const [task, ...rest] = process.argv.slice(2);
const env = {
  ...process.env,
  PATH: dirname(node) + delimiter + join(modules, '.bin') + delimiter + (process.env.PATH ?? ''),
};
process.exitCode = run(node, [join(root, 'scripts', 'tasks', `${task}.ts`), ...rest], { env, cwd: process.cwd() });
