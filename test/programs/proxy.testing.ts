// A module proxy of a test's own: a folder that a file:// address, or a server on loopback, can serve.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { zipSync } from 'fflate';
import { goModHash, zipHash } from '../../src/host/node/modzip.ts';

export class TestProxy {
  readonly dir: string;
  private readonly sums = new Map<string, string>();

  constructor(dir: string) {
    this.dir = dir;
  }

  /** Puts a file of a module version there. */
  put(path: string, version: string, suffix: string, data: Uint8Array | string): void {
    const file = join(this.dir, path, '@v', `${version}.${suffix}`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, data);
  }

  /** Publishes a module. mod: what follows the module line. */
  publish(path: string, version: string, mod: string, files: { readonly [name: string]: string }): void {
    const goMod = `module ${path}\n${mod}`;
    const tree: { [name: string]: Uint8Array } = {};
    for (const [name, text] of Object.entries({ 'go.mod': goMod, ...files }))
      tree[`${path}@${version}/${name}`] = Buffer.from(text);
    const zip = Buffer.from(zipSync(tree));
    this.put(path, version, 'mod', goMod);
    this.put(path, version, 'info', JSON.stringify({ Version: version }));
    this.put(path, version, 'zip', zip);
    const list = join(this.dir, path, '@v', 'list');
    writeFileSync(list, `${existsSync(list) ? readFileSync(list, 'utf8') : ''}${version}\n`);
    this.sums.set(`${path} ${version}`, zipHash(zip));
    this.sums.set(`${path} ${version}/go.mod`, goModHash(Buffer.from(goMod)));
  }

  /** go.sum lines of module versions, "path@version"; without any, of all. */
  sum(...modules: string[]): string {
    const wanted = modules.map((m) => m.replace('@', ' '));
    return [...this.sums]
      .filter(([name]) => wanted.length === 0 || wanted.includes(name.replace('/go.mod', '')))
      .map(([name, sum]) => `${name} ${sum}\n`)
      .join('');
  }
}

/** Serves a folder, or what answer says in its stead. */
export async function serve(
  dir: string,
  answer: (path: string) => { status: number; body: string } | 'cut' | null,
): Promise<{ url: string; asked: string[]; close: () => void }> {
  const asked: string[] = [];
  const server: Server = createServer((req, res) => {
    const path = decodeURIComponent(req.url!);
    asked.push(path);
    const a = answer(path);
    const file = join(dir, path);
    if (a === 'cut') {
      const data = readFileSync(file);
      res.writeHead(200, { 'content-length': data.length });
      res.write(data.subarray(0, data.length >> 1), () => res.destroy());
    } else if (a) {
      res.writeHead(a.status, { 'content-type': 'text/plain' });
      res.end(a.body);
    } else if (existsSync(file)) res.end(readFileSync(file));
    else {
      res.writeHead(404, { 'content-type': 'text/plain' });
      res.end('not found: no such version');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
