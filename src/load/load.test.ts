// Loading from a file system in memory.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FileSet } from '../syntax/position.ts';
import { dirName, type Files } from './files.ts';
import { Loader } from './load.ts';
import { BuildTags } from './tags.ts';

function memory(tree: { readonly [path: string]: string }): Files {
  const dirs = new Map<string, Map<string, boolean>>();
  for (const path of Object.keys(tree)) {
    let child = path;
    let isDir = false;
    for (let d = dirName(path); ; d = dirName(d)) {
      if (!dirs.has(d)) dirs.set(d, new Map());
      dirs.get(d)!.set(child.slice(d === '/' ? 1 : d.length + 1), isDir);
      if (d === '/') break;
      child = d;
      isDir = true;
    }
  }
  return {
    read: (p) => (p in tree ? new TextEncoder().encode(tree[p]) : null),
    list: (p) => {
      const d = dirs.get(p);
      return d ? [...d].map(([name, dir]) => ({ name, dir })) : null;
    },
  };
}

const std = { '/go/src/fmt/fmt.go': 'package fmt\nimport "internal/x"\n', '/go/src/internal/x/x.go': 'package x\n' };

function load(tree: { readonly [path: string]: string }, dir = '/m') {
  const files = memory({ ...std, ...tree });
  const loader = new Loader({
    files,
    fset: new FileSet(),
    goroot: '/go',
    overlays: '/overlays',
    dir,
    report: () => {},
  });
  loader.loadFolder(dir, 'command-line-arguments');
  return { order: loader.packages.map((p) => p.path), errors: loader.errors.map((e) => e.msg) };
}

const mod = {
  '/m/go.mod': 'module example.com/m\n\ngo 1.21\n\nrequire example.com/r v1.0.0\n\nreplace example.com/r => ../r\n',
};

test('imports come first, each once', () => {
  const { order, errors } = load({
    ...mod,
    '/m/main.go': 'package main\nimport "example.com/m/a"\nimport "fmt"\nimport "example.com/r/sub"\n',
    '/m/a/a.go': 'package a\nimport "fmt"\n',
    '/r/go.mod': 'module example.com/r\n',
    '/r/sub/s.go': 'package sub\n',
  });
  assert.deepEqual(errors, []);
  assert.deepEqual(order, ['internal/x', 'fmt', 'example.com/m/a', 'example.com/r/sub', 'example.com/m']);
});

test('what is wrong is said as the go command says it', () => {
  const one = (tree: { readonly [path: string]: string }): string =>
    load({ ...mod, '/r/go.mod': 'module r\n', ...tree }).errors[0] ?? '';
  assert.equal(one({ '/m/a.go': 'package m\nimport "nosuch"\n' }), 'package nosuch is not in std (/go/src/nosuch)');
  assert.equal(
    one({ '/m/a.go': 'package m\nimport "internal/x"\n' }),
    'use of internal package internal/x not allowed',
  );
  assert.equal(
    one({ '/m/a.go': 'package a\n', '/m/b.go': 'package b\n' }),
    'found packages a (a.go) and b (b.go) in /m',
  );
  assert.equal(one({ '/m/x.txt': '' }), 'no Go files in /m');
  assert.match(one({ '/m/a.go': '//go:build linux\n\npackage m\n' }), /build constraints exclude all Go files in \/m$/);
  assert.match(
    one({ '/m/a.go': 'package m\nimport "example.com/m/b"\n', '/m/b/b.go': 'package b\nimport "example.com/m"\n' }),
    /imports example.com\/m\/b from a.go\n\timports example.com\/m from b.go: import cycle not allowed$/,
  );
});

test('file names and constraints choose as for wasip1/wasm', () => {
  const tags = new BuildTags();
  for (const name of ['a.go', 'a_wasm.go', 'x_wasip1_wasm.go', 'linux.go']) assert.ok(tags.nameMatches(name), name);
  for (const name of ['a_linux.go', 'a_js_wasm.go', 'a_wasip1_amd64.go']) assert.ok(!tags.nameMatches(name), name);
  const holds = (line: string): boolean =>
    tags.sourceMatches(new TextEncoder().encode(`// c\n\n${line}\n\npackage p\n`));
  assert.ok(holds('//go:build wasm && !linux'));
  assert.ok(holds('//go:build go1.26'));
  assert.ok(!holds('//go:build go1.27'));
  assert.ok(!holds('//go:build cgo || unix'));
});

test('constraints as they were written before Go 1.17', () => {
  const holds = (text: string): boolean => new BuildTags(['x']).sourceMatches(new TextEncoder().encode(text));
  assert.ok(!holds('// Copyright\n\n// +build linux darwin\n// +build !js\n\npackage p\n'));
  assert.ok(holds('// +build linux wasip1,!cgo\n\npackage p\n'));
  assert.ok(!holds('// +build wasip1,cgo\n\npackage p\n'));
  assert.ok(!holds('// +build x\n// +build !wasm\n\npackage p\n'));
  // without an empty line it is the package's documentation
  assert.ok(holds('// +build linux\npackage p\n'));
  assert.ok(holds('package p\n\n// +build linux\n'));
  assert.ok(holds('//go:build wasip1\n// +build linux\n\npackage p\n'));
});
