// The go command's settings that Burrow follows: from the environment, from the file `go env -w` writes, from the Go tree's own, in this order.
//
// Source: `go help environment`, `go help goproxy`, `go help private`.

import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const defaults: { readonly [name: string]: string } = {
  GOPROXY: 'https://proxy.golang.org,direct',
  GOSUMDB: 'sum.golang.org',
};

export class GoEnv {
  readonly env: NodeJS.ProcessEnv;
  private readonly files: readonly { readonly [name: string]: string }[];

  /** goroot: '' if there is no Go tree yet */
  constructor(env: NodeJS.ProcessEnv, goroot = '') {
    this.env = env;
    const files: { [name: string]: string }[] = [];
    if (env.GOENV !== 'off')
      files.push(
        settings(env.GOENV || join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'go', 'env')),
      );
    if (goroot) files.push(settings(join(goroot, 'go.env')));
    this.files = files;
  }

  /** '' if it is not set */
  get(name: string): string {
    if (this.env[name]) return this.env[name]!;
    for (const f of this.files) if (f[name]) return f[name]!;
    return defaults[name] ?? '';
  }

  /** The values of a flag in GOFLAGS, in order. */
  flags(name: string): string[] {
    const found: string[] = [];
    for (const word of this.get('GOFLAGS').split(/\s+/)) {
      const m = /^--?([^=]+)(?:=(.*))?$/.exec(word);
      if (m?.[1] === name) found.push(m[2] ?? 'true');
    }
    return found;
  }

  /** Does one of the patterns in a variable stand for the module, or for a prefix of its path? */
  matches(name: string, module: string): boolean {
    return matchesPrefix(this.get(name), module);
  }

  /** GONOPROXY and GONOSUMDB are GOPRIVATE unless they are set. */
  isPrivate(name: 'GONOPROXY' | 'GONOSUMDB', module: string): boolean {
    return matchesPrefix(this.get(name) || this.get('GOPRIVATE'), module);
  }

  /** The module cache: where Go has it, or, where Go never was, `otherwise`. */
  moduleCache(otherwise: string): string {
    if (this.get('GOMODCACHE')) return this.get('GOMODCACHE');
    const path = this.get('GOPATH').split(':')[0];
    if (path) return join(path, 'pkg', 'mod');
    const usual = join(this.env.HOME || homedir(), 'go', 'pkg', 'mod');
    return existsSync(usual) ? usual : otherwise;
  }
}

function settings(file: string): { [name: string]: string } {
  const found: { [name: string]: string } = {};
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return found;
  }
  for (const line of text.split('\n')) {
    const m = /^([A-Z_][A-Z0-9_]*)=(.*)$/.exec(line);
    if (m) found[m[1]!] = m[2]!.trim();
  }
  return found;
}

/** Comma-separated patterns with * and ? and [], each for as many elements of the path as it has itself. */
function matchesPrefix(patterns: string, path: string): boolean {
  for (const pattern of patterns.split(',')) {
    const p = pattern.trim().replace(/\/+$/, '');
    if (p === '') continue;
    const elements = path.split('/');
    const n = p.split('/').length;
    if (elements.length < n) continue;
    const re = p
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replace(/\*/g, '[^/]*')
      .replace(/\?/g, '[^/]');
    try {
      if (new RegExp(`^${re}$`).test(elements.slice(0, n).join('/'))) return true;
    } catch {
      // a pattern that is none
    }
  }
  return false;
}

/** One of a list of proxies. */
export interface ModuleProxy {
  /** an address, "direct" or "off" */
  readonly url: string;
  /** is the next one asked after any failure, not only after one that says there is no such thing? */
  readonly always: boolean;
}

/** GOPROXY: after a comma comes what is asked when there is no such module, after a bar what is asked in any case. */
export function proxyList(goproxy: string): ModuleProxy[] {
  const list: ModuleProxy[] = [];
  for (const [, name, sep] of goproxy.matchAll(/([^,|]*)([,|]|$)/g)) {
    const url = name!.trim().replace(/\/$/, '');
    if (url === '') continue;
    const bare = /[.:/]/.test(url) && !url.includes(':/') && !url.startsWith('/');
    list.push({ url: bare ? `https://${url}` : url, always: sep === '|' });
    if (url === 'off' || url === 'direct') break;
  }
  return list;
}
