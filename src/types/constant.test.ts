import assert from 'node:assert/strict';
import { test } from 'node:test';
import { T, type Token } from '../syntax/token.ts';
import type { Value } from './constant.ts';
import * as constant from './constant.ts';

const operators: Readonly<Record<string, Token>> = {
  '+': T.ADD,
  '-': T.SUB,
  '*': T.MUL,
  '/': T.QUO,
  '//': T.QUO_ASSIGN,
  '%': T.REM,
  '&': T.AND,
  '|': T.OR,
  '^': T.XOR,
  '&^': T.AND_NOT,
  '==': T.EQL,
  '<': T.LSS,
};

const literals: Readonly<Record<string, Token>> = { I: T.INT, F: T.FLOAT, M: T.IMAG, C: T.CHAR, S: T.STRING };

/** Evaluates an expression in prefix form; a literal is `#` and its kind's letter, a colon, and the text. */
function evaluate(words: string[]): Value {
  const w = words.shift()!;
  if (w.startsWith('#')) return constant.makeFromLiteral(w.slice(3), literals[w[1]!]!);
  if (w.startsWith('not')) return constant.unaryOp(T.XOR, evaluate(words), Number(w.slice(3)));
  if (/^(<<|>>)\d/.test(w)) return constant.shift(evaluate(words), w[0] === '<' ? T.SHL : T.SHR, Number(w.slice(2)));
  switch (w) {
    case 'neg':
      return constant.unaryOp(T.SUB, evaluate(words), 0);
    case 'int':
      return constant.toInt(evaluate(words));
    case 'f32':
      return constant.makeFloat64(constant.float32Val(evaluate(words)));
    case 'f64':
      return constant.makeFloat64(constant.float64Val(evaluate(words)));
  }
  const op = operators[w]!;
  const x = evaluate(words);
  const y = evaluate(words);
  return op === T.EQL || op === T.LSS ? constant.makeBool(constant.compare(x, op, y)) : constant.binaryOp(x, op, y);
}

const kinds: Readonly<Record<Value['kind'], string>> = {
  unknown: 'Unknown',
  bool: 'Bool',
  string: 'String',
  int: 'Int',
  rat: 'Float',
  float: 'Float',
  complex: 'Complex',
};

/** The bits of x as a float64 and as a float32. */
function bits(v: Value): [string, string] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, constant.float64Val(v));
  const double = view.getBigUint64(0).toString(16);
  const single = constant.float32Val(v);
  assert.equal(Math.fround(single), single);
  view.setFloat32(0, single);
  return [double, view.getUint32(0).toString(16)];
}

// Kind, short form, and bits as float64 and float32, by package go/constant of Go 1.26.
const wanted: readonly (readonly [string, string, string, string, string])[] = [
  ['/ #I:1 #I:3', 'Float', '0.333333', '3fd5555555555555', '3eaaaaab'],
  ['// neg #I:8 #I:3', 'Int', '-2', 'c000000000000000', 'c0000000'],
  ['+ #I:9223372036854775807 #I:1', 'Int', '9223372036854775808', '43e0000000000000', '5f000000'],
  [
    '<<200 #I:1',
    'Int',
    '1606938044258990275541962092341162602522202993782792835301376',
    '4c70000000000000',
    '7f800000',
  ],
  ['>>3 #I:1000000007', 'Int', '125000000', '419dcd6500000000', '4cee6b28'],
  ['&^ #I:0xff #I:0x0f', 'Int', '240', '406e000000000000', '43700000'],
  ['% neg #I:7 #I:3', 'Int', '-1', 'bff0000000000000', 'bf800000'],
  ['// neg #I:7 #I:2', 'Int', '-3', 'c008000000000000', 'c0400000'],
  ['not8 #I:1', 'Int', '254', '406fc00000000000', '437e0000'],
  ['not #I:5', 'Int', '-6', 'c018000000000000', 'c0c00000'],
  ['#F:0.1', 'Float', '0.1', '3fb999999999999a', '3dcccccd'],
  ['+ #F:0.1 #F:0.2', 'Float', '0.3', '3fd3333333333333', '3e99999a'],
  ['#F:1e-7', 'Float', '1e-07', '3e7ad7f29abcaf48', '33d6bf95'],
  ['#F:1e100', 'Float', '1e+100', '54b249ad2594c37d', '7f800000'],
  ['#F:16777217.0', 'Float', '1.67772e+07', '4170000010000000', '4b800000'],
  ['#F:16777219.0', 'Float', '1.67772e+07', '4170000030000000', '4b800002'],
  ['#F:9007199254740993.0', 'Float', '9.0072e+15', '4340000000000000', '5a000000'],
  ['#F:9007199254740995.0', 'Float', '9.0072e+15', '4340000000000002', '5a000000'],
  ['#F:1.7976931348623157e308', 'Float', '1.79769e+308', '7fefffffffffffff', '7f800000'],
  ['#F:1.7976931348623159e308', 'Float', '1.79769e+308', '7ff0000000000000', '7f800000'],
  ['#F:5e-324', 'Float', '4.94066e-324', '1', '0'],
  ['#F:2.4703282292062327e-324', 'Float', '2.47033e-324', '0', '0'],
  ['#F:2.4703282292062328e-324', 'Float', '4.94066e-324', '1', '0'],
  ['#F:1.401298464324817e-45', 'Float', '1.4013e-45', '36a0000000000000', '1'],
  ['#F:7.006492321624085e-46', 'Float', '7.00649e-46', '3690000000000000', '0'],
  ['#F:7.0064923216240862e-46', 'Float', '7.00649e-46', '3690000000000001', '1'],
  ['#F:3.4028235677973366e38', 'Float', '3.40282e+38', '47effffff0000000', '7f7fffff'],
  ['#F:3.40282356779733e38', 'Float', '3.40282e+38', '47efffffefffffee', '7f7fffff'],
  [
    '#F:3.14159265358979323846264338327950288419716939937510582097494459',
    'Float',
    '3.14159',
    '400921fb54442d18',
    '40490fdb',
  ],
  ['#F:0x1.8p-1074', 'Float', '9.88131e-324', '2', '0'],
  ['#F:0x1p-149', 'Float', '1.4013e-45', '36a0000000000000', '1'],
  ['#F:0x1.fffffep127', 'Float', '3.40282e+38', '47efffffe0000000', '7f7fffff'],
  ['#F:1e1000', 'Float', '1e+1000', '7ff0000000000000', '7f800000'],
  ['#F:1e-5000', 'Float', '1e-5000', '0', '0'],
  ['* #F:1e5000 #F:1e-4990', 'Float', '1e+10', '4202a05f20000000', '501502f9'],
  ['/ #F:1e5000 #F:3', 'Float', '3.33333e+4999', '7ff0000000000000', '7f800000'],
  ['- / #F:1e5000 #F:3e5000 / #I:1 #I:3', 'Float', '0', '0', '0'],
  ['int * #F:3 / #F:1e5000 #F:3e5000', 'Int', '1', '3ff0000000000000', '3f800000'],
  ['int #F:4.0', 'Int', '4', '4010000000000000', '40800000'],
  ['int #F:4.5', 'Unknown', 'unknown', '', ''],
  ['#F:1000145.0', 'Float', '1.00014e+06', '412e85a200000000', '49742d10'],
  ['#F:100000.00001', 'Float', '100000.00001', '40f86a00000a7c5b', '47c35000'],
  ['#F:1234567.5', 'Float', '1.23457e+06', '4132d68780000000', '4996b43c'],
  ['/ + #I:1 #M:2i + #I:3 #M:4i', 'Complex', '(0.44 + 0.08i)', '', ''],
  ['* #M:1.5i #M:2i', 'Complex', '(-3 + 0i)', '', ''],
  ['* #F:1e999999 #F:10', 'Float', '1e+1000000', '7ff0000000000000', '7f800000'],
  ['== #F:0.5 / #I:1 #I:2', 'Bool', 'true', '', ''],
  ['< #F:1e5000 #F:1e5001', 'Bool', 'true', '', ''],
  ['f32 #F:0.1', 'Float', '0.1', '3fb99999a0000000', '3dcccccd'],
  ['f64 #F:0.1', 'Float', '0.1', '3fb999999999999a', '3dcccccd'],
  ['#I:0x1_0000_0000_0000_0001', 'Int', '18446744073709551617', '43f0000000000000', '5f800000'],
];

for (const [expr, kind, text, double, single] of wanted) {
  test(expr, () => {
    const v = evaluate(expr.split(' '));
    assert.equal(kinds[v.kind], kind);
    assert.equal(constant.valueString(v), text);
    if (double) assert.deepEqual(bits(v), [double, single]);
  });
}

test('floats have 512 bits', () => {
  const v = evaluate(['/', '#F:1e5000', '#F:3']);
  assert.equal(v.kind, 'float');
  if (v.kind !== 'float') return;
  assert.equal(
    v.f.mant.toString(16),
    '85056aad5e62d7df642ffa633afa10444141912ad360da5a164d042b1836726c155fff1f51c83745fdfac789135e17b1b3513cf6d5a8a78a5a4ad02dc1997c80',
  );
  assert.equal(v.f.exp, 16609 - 512);
});

test('rune and string literals', () => {
  const rune = (lit: string): string => constant.valueString(constant.makeFromLiteral(lit, T.CHAR));
  assert.equal(rune("'a'"), '97');
  assert.equal(rune("'\\n'"), '10');
  assert.equal(rune("'\\377'"), '255');
  assert.equal(rune("'\\400'"), 'unknown');
  assert.equal(rune("'\\U0001F600'"), '128512');
  assert.equal(rune("'\u{1F600}'"), '128512');
  assert.equal(rune("'\\ud800'"), 'unknown');
  assert.equal(rune("'ab'"), 'unknown');
  assert.equal(rune("'\\na'"), 'unknown');
  const str = (lit: string): string => constant.stringVal(constant.makeFromLiteral(lit, T.STRING));
  assert.equal(str('"\u00e9\\u00e9\\xe9"'), '\xc3\xa9\xc3\xa9\xe9');
  assert.equal(str('`a\r\n\\n`'), 'a\n\\n');
  assert.equal(constant.makeFromLiteral('"\\q"', T.STRING).kind, 'unknown');
  assert.equal(constant.makeFromLiteral('08', T.INT).kind, 'unknown');
});

test('strings are shortened for messages', () => {
  const v = constant.makeString('x'.repeat(100));
  assert.equal(constant.valueString(v), `"${'x'.repeat(68)}...`);
  assert.equal(constant.exactString(constant.makeString('a"\n\x01')), '"a\\"\\n\\x01"');
});

test('huge exponents end at once', () => {
  assert.equal(constant.makeFromLiteral('1e1000000000', T.FLOAT).kind, 'unknown');
  assert.equal(constant.sign(constant.makeFromLiteral('1e-1000000000', T.FLOAT)), 0);
  assert.equal(constant.makeFromLiteral(`1e${'9'.repeat(30)}`, T.FLOAT).kind, 'unknown');
  assert.equal(constant.toInt(constant.makeFromLiteral('1e100000', T.FLOAT)).kind, 'unknown');
});

test('division by zero has no value', () => {
  assert.equal(evaluate(['/', '#I:1', '#I:0']).kind, 'unknown');
  assert.equal(evaluate(['//', '#I:1', '#I:0']).kind, 'unknown');
  assert.equal(evaluate(['/', '#F:1.5', '#F:0.0']).kind, 'unknown');
  assert.equal(evaluate(['/', '#M:1i', '#M:0i']).kind, 'unknown');
});
