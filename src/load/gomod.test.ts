// What is understood of go.mod files, and the faults found in them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGoMod } from './gomod.ts';
import { ModError } from './gomodsyntax.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const head = 'module ex.com/m\ngo 1.26\n';

test('every form of a line', () => {
  const mod = parseGoMod(
    '/m/go.mod',
    bytes(`// first
module "ex.com/m" // the path
go 1.21rc1

require (
	ex.com/a v1.2.3 // indirect

	// about b
	\`ex.com/b/v2\` v2.0.0-20260101000000-abcdefabcdef
)
require ()
require gopkg.in/yaml.v3 v3.0.1//why
require ex.com/c v4.0.0+incompatible
exclude ex.com/a v1.2.2
retract [v1.0.0, v1.1.0] // bad
retract v1.2.0
toolchain go1.26.1
godebug x=1
replace (
	ex.com/a => ../a
	ex.com/b/v2 v2.0.0-20260101000000-abcdefabcdef => ex.com/d/v2 v2.1.0
)\r
`),
    true,
  );
  assert.deepEqual(
    [mod.module, mod.go, mod.require.length, mod.require.find((r) => r.path === 'ex.com/c')?.version],
    ['ex.com/m', '1.21rc1', 4, 'v4.0.0+incompatible'],
  );
  assert.deepEqual(
    mod.replace.map((r) => Object.values(r)),
    [
      ['ex.com/a', '', '../a', ''],
      ['ex.com/b/v2', 'v2.0.0-20260101000000-abcdefabcdef', 'ex.com/d/v2', 'v2.1.0'],
    ],
  );
});

function faults(src: string, main: boolean): string[] {
  try {
    parseGoMod('/m/go.mod', bytes(src), main);
    return [];
  } catch (e) {
    assert.ok(e instanceof ModError);
    return e.lines('go.mod');
  }
}

for (const [src, ...want] of [
  ['module\n', '1: usage: module module/path'],
  [`${head}module ex.com/n\ngo 1.25\n`, '3: repeated module statement', '4: repeated go statement'],
  ['module m\ngo\n', '2: go directive expects exactly one argument'],
  ['module m\ngo 1.26.x\n', "2: invalid go version '1.26.x': must match format 1.23.0"],
  [`${head}frobnicate x\n)\n`, '3: unknown directive: frobnicate', '4: unknown directive: )'],
  [`${head}block (\n x\n)\nrequire x (\n)\n`, '3: unknown block type: block', '6: unknown block type: require x'],
  [
    `${head}require (\n\tfoo\n)\nexclude x\n`,
    '4:2: usage: require module/path v1.2.3',
    '6: usage: exclude module/path v1.2.3',
  ],
  [`${head}require (\n\tex.com/x\n`, '5: syntax error (unterminated block started at /m/go.mod:3:1)'],
  [`${head}require (\n) x\n`, '4:4: syntax error (expected newline after closing paren)'],
  [`${head}require "ex.com/x v1.0.0\n`, '3:25: unexpected newline in string'],
  [`${head}require "x`, '3:9: unexpected EOF in string'],
  [`${head}é a/* b */\n`, '3:4: mod files must use // comments (not /* */ comments)'],
  [`${head}\x01\n`, "3: unexpected input character '\\x01'"],
  [`${head}require a"b v1.0.0\n`, '3: invalid quoted string: unquoted string cannot contain quote'],
  [`${head}require a 1\n`, '3: require a: version "1" invalid: must be of the form v1.2.3'],
  [`${head}require a/v2 v1.0.0\n`, '3: require a/v2: version "v1.0.0" invalid: should be v2, not v1'],
  [`${head}replace a v2.0.0 => ./a\n`, '3: replace a: version "v2.0.0" invalid: should be v0 or v1, not v2'],
  [
    `${head}replace a b\n`,
    '3: usage: replace module/path [v1.2.3] => other/module v1.4\n\t or replace module/path [v1.2.3] => ../local/directory',
  ],
  [`${head}replace a => ../x v1.0.0\n`, '3: replacement module directory path "../x" cannot have version'],
  [
    `${head}replace a => b\n`,
    '3: replacement module without version must be directory path (rooted or starting with . or ..)',
  ],
  [`${head}replace a => b@v1.0.0\n`, "3: replacement module must match format 'path version', not 'path@version'"],
  [`${head}retract\nretract [v1.0.0, v1.0.1\n`, "3: expected '[' or version", "4: expected ']' after version"],
  [`${head}toolchain x\n`, "3: invalid toolchain version 'x': must match format go1.23.0 or default"],
  [`${head}godebug x\ntool\n`, '3: usage: godebug key=value', '4: tool directive expects exactly one argument'],
] as const)
  test(`the go.mod file ${JSON.stringify(src)}`, () => {
    assert.deepEqual(
      faults(src, true),
      want.map((w) => `go.mod:${w}`),
    );
  });

test('another module may say what only concerns a main one, and what is new', () => {
  assert.deepEqual(faults('module m\ngo v1.30.x\nfrob x\nreplace a b\nnew (\n x\n)\nrequire a latest\n', false), []);
  assert.deepEqual(faults('go x\nrequire\n', false), [
    "go.mod:1: invalid go version 'x': must match format 1.23.0",
    'go.mod:2: usage: require module/path v1.2.3',
  ]);
});
