import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quote } from './quote.ts';

// By strconv.Quote of Go 1.26.
test('strings in quotes', () => {
  assert.equal(quote(''), '""');
  assert.equal(quote('a"b\\c\n\t\x00\x7f'), '"a\\"b\\\\c\\n\\t\\x00\\x7f"');
  assert.equal(quote('\xc3\xa9 \xe6\x9c\xac \xf0\x9f\x98\x80'), '"é 本 😀"');
  assert.equal(quote('\xff\xc3'), '"\\xff\\xc3"');
  assert.equal(quote('\xed\xa0\x80'), '"\\xed\\xa0\\x80"');
  assert.equal(quote('\xc0\x80\xf4\x90\x80\x80'), '"\\xc0\\x80\\xf4\\x90\\x80\\x80"');
  assert.equal(quote('\xe2\x80\x8d\xc2\xa0\xf3\xa0\x81\x81'), '"\\u200d\\u00a0\\U000e0041"');
});
