// Messages and recovery of the parser; gc 1.26 gives the same for the same sources.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exprString } from './exprstring.ts';
import { parseFile } from './parser.ts';
import { FileSet } from './position.ts';

function parse(src: string) {
  const fset = new FileSet();
  const errors: string[] = [];
  const file = parseFile(fset, 'x.go', new TextEncoder().encode(src), (pos, msg) => {
    const p = fset.position(pos);
    errors.push(`${p.line}:${p.column}: ${msg}`);
  });
  return { file, errors, fset };
}

const inFunc = (body: string): string => `package p\n\nfunc f() {\n${body}\n}\n`;

test('messages', () => {
  const cases: [string, string[]][] = [
    [inFunc('\tg(1'), ['4:5: syntax error: unexpected newline in argument list; possibly missing comma or )']],
    [inFunc('\tif x = 1 {\n\t}'), ['4:7: syntax error: cannot use assignment x = 1 as value']],
    [inFunc('\tfor i := 0; {\n\t}'), ['4:14: syntax error: unexpected {, expected for loop condition']],
    [inFunc('\tx := 08'), ["4:8: invalid digit '8' in octal literal"]],
    [inFunc("\tx := 'ab'"), ['4:7: more than one character in rune literal']],
    [inFunc('\tx := "a'), ['4:9: newline in string']],
    [inFunc('\tgo (f())'), ['4:5: expression in go must not be parenthesized']],
    ['package p\nx := 1\n', ['2:1: syntax error: non-declaration statement outside function body']],
    ['package p\nfunc f()\n{\n}\n', ['3:1: syntax error: unexpected semicolon or newline before {']],
    ['package p\nvar x int\nimport "fmt"\n', ['3:1: syntax error: imports must appear before other declarations']],
    ['package p\ntype T struct { a, b }\n', ['2:22: syntax error: unexpected }, expected type']],
    ['package p\nfunc (T) () {}\n', ['2:10: syntax error: unexpected (, expected name']],
    ['package p\nfunc f(a int, string) {}\n', ['2:21: syntax error: missing parameter type']],
    ['p\n', ['1:1: syntax error: package statement must be first']],
  ];
  for (const [src, want] of cases) {
    const got = parse(src).errors;
    for (const w of want) assert.ok(got.includes(w), `${JSON.stringify(src)}: want ${w}, got ${got.join(' | ')}`);
  }
});

test('one mistake does not hide the next', () => {
  const { errors } = parse('package p\n\nfunc f() {\n\tx := = 1\n\ty := 2\n}\n\nfunc g() {\n\tfor {\n\t\tif }\n}\n');
  assert.equal(errors[0], '4:7: syntax error: unexpected =, expected expression');
  assert.ok(errors.length >= 2);
});

test('array types and type parameters are told apart', () => {
  const kinds = (src: string): string => {
    const { file, errors } = parse(`package p\n${src}\n`);
    assert.deepEqual(errors, [], src);
    const d = file.decls[0]!;
    const s = d.kind === 'GenDecl' ? d.specs[0]! : null;
    if (s?.kind !== 'TypeSpec') return '';
    return `${s.tparams.map((f) => `${f.names.map((n) => n.name).join(',')} ${exprString(f.type)}`).join('; ')} | ${exprString(s.type)}`;
  };
  assert.equal(kinds('type T [N]int'), ' | [N]int');
  assert.equal(kinds('type T [N * 2]int'), ' | [N * 2]int');
  assert.equal(kinds('type T[P *C,] int'), 'P *C | int');
  assert.equal(kinds('type T[P *[]C] int'), 'P *[]C | int');
  assert.equal(kinds('type T[P ~int | string, Q any] []P'), 'P ~int | string; Q any | []P');
  assert.equal(kinds('type T[P, Q interface{ M() }] int'), 'P,Q interface{M()} | int');
});

test('line directives', () => {
  const { file, fset } = parse(
    'package p\n//line a.go:100\nvar x int\n/*line b.go:7:3*/var y int\n//line :9:1\nvar z int\n',
  );
  const at = file.decls.map((d) => {
    const p = fset.position(d.pos);
    return `${p.filename}:${p.line}`;
  });
  assert.deepEqual(at, ['a.go:100', 'b.go:7', 'b.go:9']);
});
