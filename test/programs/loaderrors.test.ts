// What is said of packages that cannot be loaded, and of go.mod files: go's words, places, order and exit code.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { command, dir, env, file } from './workspace.testing.ts';

/** Runs the command in a folder, and compares what it says. */
function says(folder: string, args: readonly string[], text: string, code = 1): void {
  const r = spawnSync(command, args, { cwd: join(dir, folder), encoding: 'utf8', env });
  assert.deepEqual({ said: r.stdout + r.stderr, code: r.status }, { said: text, code });
}

const mod = 'module ex.com/m\n\ngo 1.26\n';
const main = 'package main\n\nfunc main() {}\n';

test('two packages among named files', () => {
  file('two/a.go', main);
  file('two/b.go', 'package b\n');
  says('.', ['run', 'two/b.go', 'two/a.go'], `found packages b (b.go) and main (a.go) in ${join(dir, 'two')}\n`);
  says('two', ['build', 'a.go', 'b.go'], `found packages main (a.go) and b (b.go) in ${join(dir, 'two')}\n`);
});

test('a folder of tests only', () => {
  file('tests/go.mod', mod);
  file('tests/x_test.go', 'package m\n');
  file('tests/sub/x_test.go', 'package sub\n');
  file('tests/p/p.go', 'package main\n\nimport "ex.com/m/sub"\n\nfunc main() { sub.F() }\n');
  says('tests', ['run', '.'], 'package ex.com/m is not a main package\n');
  says('tests', ['build', '.'], `ex.com/m: no non-test Go files in ${join(dir, 'tests')}\n`);
  says('tests', ['vet', '.'], '', 0);
  says('tests', ['run', './p'], `ex.com/m/sub: no non-test Go files in ${join(dir, 'tests', 'sub')}\n`);
  says('tests', ['run', 'x_test.go'], 'go: cannot run *_test.go files (x_test.go)\n');
});

test('internal packages of others', () => {
  file('int/go.mod', mod);
  file('int/a/internal/p/p.go', 'package p\n');
  file('int/u/u.go', 'package u\n\nimport _ "ex.com/m/a/internal/p"\n');
  file('int/t/t.go', 'package main\n\nimport (\n\t_ "internal/abi"\n\t_ "ex.com/m/u"\n)\n\nfunc main() {}\n');
  says(
    'int/t',
    ['run', '.'],
    'package ex.com/m/t\n\timports ex.com/m/u\n\t../u/u.go:3:8: use of internal package ex.com/m/a/internal/p not allowed\n' +
      'package ex.com/m/t\n\tt.go:4:2: use of internal package internal/abi not allowed\n',
  );
  file('int/t/t.go', 'package main\n\nimport (\n\t_ "net/http/internal"\n\t_ "internal/abi"\n)\n\nfunc main() {}\n');
  says('int', ['run', './t'], 'package ex.com/m/t\n\tt/t.go:5:2: use of internal package internal/abi not allowed\n');
  says(
    'int/t',
    ['run', 't.go'],
    'package command-line-arguments\n\tt.go:5:2: use of internal package internal/abi not allowed\n',
  );
});

test('imports that are not there, in the order of their paths, before the errors of syntax', () => {
  file('gone/go.mod', mod);
  file('gone/README', '');
  file('gone/empty/README', '');
  file('gone/excl/a_windows.go', 'package excl\n');
  file('gone/prog/m.go', main);
  const imports = ['x "no/such"', '. "ex.com/m/none"', 'b "ex.com/m/empty"', 'd "ex.com/m/excl"', '_ "ex.com/m/prog"'];
  file('gone/m.go', `package main\n\nimport (\n\t${imports.join('\n\t')}\n)\n\nfunc main() {\n\tvar y int =\n}\n`);
  const { stdout } = spawnSync(command, ['env', 'GOROOT'], { encoding: 'utf8', env });
  says(
    'gone',
    ['run', '.'],
    `m.go:6:2: no required module provides package ex.com/m/empty; to add it:
	go get ex.com/m/empty
package ex.com/m
	imports ex.com/m/excl: build constraints exclude all Go files in ${join(dir, 'gone', 'excl')}
m.go:5:2: no required module provides package ex.com/m/none; to add it:
	go get ex.com/m/none
m.go:4:2: package no/such is not in std (${stdout.trim()}/src/no/such)
m.go:8:2: import "ex.com/m/prog" is a program, not an importable package
`,
  );
  file('gone/rel.go', 'package main\n\nimport (\n\t_ "./x"\n\t_ "/x"\n)\n\nfunc main() {}\n');
  says(
    'gone',
    ['run', 'rel.go'],
    `rel.go:4:2: "./x" is relative, but relative import paths are not supported in module mode
rel.go:5:2: "/x" is not a package path; see 'go help packages'
`,
  );
});

test('files without a package clause', () => {
  file('none/go.mod', mod);
  file('none/m.go', main);
  file('none/a.go', '// nothing\n');
  says('none', ['run', '.'], "a.go:1:12: expected 'package', found 'EOF'\n");
  says('.', ['build', 'none/a.go'], "none/a.go:1:12: expected 'package', found 'EOF'\n");
});

test('run wants a main package before it wants a correct one, and none that is called -', () => {
  file('lib.go', 'package lib\n\nfunc f() { x }\n');
  says('.', ['run', 'lib.go'], 'package command-line-arguments is not a main package\n');
  says('.', ['build', 'lib.go'], '# command-line-arguments\n./lib.go:3:12: undefined: x\n');
  says('.', ['run', '-'], 'go: no go files listed\n');
  says('.', ['run', '--', '-x.go'], 'go: no go files listed\n');
  says('.', ['build', '-'], 'malformed import path "-": leading dash\n');
});

test('errors of packages beside the current folder', () => {
  file('beside/go.mod', mod);
  file('beside/a/a.go', 'package a\n\nfunc F() { x }\n');
  file('beside/sub/m.go', 'package main\n\nimport "ex.com/m/a"\n\nfunc main() { a.F() }\n');
  says('beside/sub', ['run', '.'], '# ex.com/m/a\n../a/a.go:3:12: undefined: x\n');
});

test('faults of go.mod files, all of them, of this module and of one it requires', () => {
  file('mod/go.mod', 'module ex.com/m\ngo x\nfrobnicate\n');
  file('mod/sub/m.go', main);
  const faults =
    "go.mod:2: invalid go version 'x': must match format 1.23.0\n../go.mod:3: unknown directive: frobnicate\n";
  says('mod/sub', ['run', '.'], `go: errors parsing ../go.mod:\n../${faults}`);
  says('mod/sub', ['build', 'm.go'], `go: errors parsing ../go.mod:\n../${faults}`);
  file('mod/go.mod', 'go 1.26\n');
  says(
    'mod',
    ['vet', './sub'],
    'go: error reading go.mod: missing module declaration. To specify the module path:\n\tgo mod edit -module=example.com/mod\n',
  );
  file('mod/go.mod', `${mod}replace ex.com/x => ./x\nreplace ex.com/x => ./y\n`);
  says('mod', ['run', './sub'], 'go: conflicting replacements for ex.com/x:\n\t./x\n\t./y\n');
  file('mod/r/go.mod', 'module ex.com/r\n\ngo x\nfoo\n');
  file('mod/r/r.go', 'package r\n');
  file('mod/go.mod', `${mod}require ex.com/r v0.0.0\nreplace ex.com/r => ./r\n`);
  says('mod', ['run', './sub'], '', 0);
  file('mod/sub/m.go', 'package main\n\nimport _ "ex.com/r"\n\nfunc main() {}\n');
  says(
    'mod',
    ['run', './sub'],
    `sub/m.go:3:8: module ./r: parsing r/go.mod: ${join(dir, 'mod', 'r', 'go.mod')}:3: invalid go version 'x': must match format 1.23.0\n`,
  );
  file('mod/go.mod', 'module ex.com/m\n\ngo 1.99\n');
  const { stdout } = spawnSync(command, ['version'], { encoding: 'utf8', env });
  const go = / go(\S+) /.exec(stdout)![1];
  says('mod', ['run', './sub'], `go: go.mod requires go >= 1.99 (running go ${go}; GOTOOLCHAIN=local)\n`);
});

test('what cannot be had: cgo, assembly, plugins', () => {
  file('cannot/go.mod', mod);
  file('cannot/cg/cg.go', 'package cg\n\nimport "C"\n\nfunc F() int { return int(C.int(3)) }\n');
  file('cannot/c.go', 'package main\n\nimport "ex.com/m/cg"\n\nfunc main() { println(cg.F()) }\n');
  says(
    'cannot',
    ['run', 'c.go'],
    `package command-line-arguments\n\timports ex.com/m/cg: build constraints exclude all Go files in ${join(dir, 'cannot', 'cg')}: cg.go imports "C", and Burrow has no cgo\n`,
  );
  file('cannot/cg/g.go', 'package cg\n\nfunc G() int { return F() }\n');
  says(
    'cannot',
    ['run', 'c.go'],
    '# ex.com/m/cg\ncg/g.go:3:23: undefined: F\npackage ex.com/m/cg: cg.go imports "C", and Burrow has no cgo\n',
  );
  file('cannot/asm/a.go', 'package asm\n\nfunc Add(a, b int) int\n');
  file('cannot/a.go', 'package main\n\nimport "ex.com/m/asm"\n\nfunc main() { println(asm.Add(1, 2)) }\n');
  says('cannot', ['run', 'a.go'], '# ex.com/m/asm\nasm/a.go:3:6: missing function body\n');
  file('cannot/asm/a_amd64.s', 'TEXT ·Add(SB),4,$0\n');
  says(
    'cannot',
    ['run', 'a.go'],
    '# ex.com/m/asm\nasm/a.go:3:6: missing function body: package ex.com/m/asm has it in assembly, which Burrow cannot compile\n',
  );
  // assembly for some machines, Go for the others
  file('cannot/asm/a.go', '//go:build amd64 && !purego\n\npackage asm\n\nfunc Add(a, b int) int\n');
  file('cannot/asm/b.go', '//go:build !amd64 || purego\n\npackage asm\n\nfunc Add(a, b int) int { return a + b }\n');
  says('cannot', ['run', 'a.go'], '3\n', 0);
  file('cannot/p.go', 'package main\n\nimport "plugin"\n\nfunc main() { plugin.Open("x.so") }\n');
  says(
    'cannot',
    ['run', 'p.go'],
    '# command-line-arguments\npackage plugin: Burrow cannot load plugins, and the program calls plugin.Open\n',
  );
});
