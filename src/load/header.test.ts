// What the go command says of the beginnings of files.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerError } from './header.ts';

for (const [src, want] of [
  ['', "1:1: expected 'package', found 'EOF'"],
  ['// only a comment\n', "1:19: expected 'package', found 'EOF'"],
  ['/* x */', "1:8: expected 'package', found 'EOF'"],
  ['// a\n\n\n', "3:2: expected 'package', found 'EOF'"],
  ['func main() {}\n', "1:1: expected 'package', found 'func'"],
  ['foo\nbar\n', "1:1: expected 'package', found foo"],
  [';\npackage main\n', "1:1: expected 'package', found ';'"],
  ['package\n', "1:9: expected 'IDENT', found 'EOF'"],
  ['package 3\n', "1:9: expected 'IDENT', found 3"],
  ['package\n\n\nfunc\n', "4:1: expected 'IDENT', found 'func'"],
  ['package main\n/* x', '2:1: comment not terminated'],
  ['#!/bin/x\npackage main\n', "1:1: illegal character U+0023 '#'"],
  ["'ab\npackage main\n", '1:1: rune literal not terminated'],
  ['package main\nimport "fmt\nfunc main(){}\n', '2:8: string literal not terminated'],
  ['package main\nimport fmt\nfunc main(){}\n', '2:11: missing import path'],
  ['package main\nimport 3\n', '2:8: import path must be a string'],
  ['package main\nimport (\n"fmt" "os"\n)\n', '3:7: expected \';\', found "os"'],
  ['package main\nimport (', "2:9: expected ')', found 'EOF'"],
  ['package main\nimport "a b"\n', '2:8: invalid import path: a b'],
  ['package main\nimport ""\n', '2:8: invalid import path: '],
  // what compilation reports
  ['package main func\n', ''],
  ['package a.b\n', ''],
  ['package main\nimport "fmt" "os"\n', ''],
  ['package main; func main() {}; import "fmt"\n', ''],
  ['\ufeffpackage main\n\nimport (\n\t"a"\n\n\tb `b` // c\n\t. "d"; _ "e"\n)\nimport "f"', ''],
] as const)
  test(`the beginning ${JSON.stringify(src)}`, () => {
    const e = headerError('x.go', new TextEncoder().encode(src));
    assert.equal(e ? `${e.line}:${e.column}: ${e.msg}` : '', want);
  });
