// The GODEBUG settings that a program has unless the environment says otherwise.
//
// Source: "Go, Backwards Compatibility, and GODEBUG"; the table is package internal/godebugs' own.

import type { SourceFile } from '../syntax/nodes.ts';
import { type Files, joinPath } from './files.ts';
import type { Modules } from './modules.ts';

/** "key=value", comma-separated. main: files whose //go:debug lines count, those of the main package or of the tests. */
export function defaultGodebug(files: Files, goroot: string, modules: Modules, main: readonly SourceFile[]): string {
  const asked = new Map<string, string>();
  const { list, work } = modules.mains;
  const lines = [...(work ? work.godebug : (list[0]?.mod.godebug ?? []))];
  for (const f of main)
    for (const d of f.directives) if (d.name === 'go:debug' && d.pos < f.name.pos) lines.push(d.args.trim());
  for (const line of lines) {
    const eq = line.indexOf('=');
    if (eq > 0) asked.set(line.slice(0, eq), line.slice(eq + 1));
  }
  // a module without a go line speaks Go 1.16
  const own = work ? work.go || '1.18' : list[0] ? list[0].mod.go || '1.16' : '';
  const go = asked.get('default')?.replace(/^go/, '') ?? own;
  asked.delete('default');
  const settings = new Map([...oldSettings(files, goroot, go), ...asked]);
  return [...settings]
    .map(([k, v]) => `${k}=${v}`)
    .sort()
    .join(',');
}

/** What has changed since a version of Go, with the values it had then. */
function oldSettings(files: Files, goroot: string, go: string): [string, string][] {
  const minor = /^1\.(\d+)/.exec(go)?.[1];
  const table = minor === undefined ? null : files.read(joinPath(goroot, 'src', 'internal', 'godebugs', 'table.go'));
  if (!table) return [];
  const found: [string, string][] = [];
  const entry = /^\t\{Name: "(\w+)",.*\bChanged: (\d+), Old: "([^"]*)"/gm;
  for (const [, name, changed, old] of new TextDecoder().decode(table).matchAll(entry))
    if (Number(minor) < Number(changed)) found.push([name!, old!]);
  return found;
}
