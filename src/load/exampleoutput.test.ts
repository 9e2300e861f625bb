// What examples state they print.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exampleOutput } from './exampleoutput.ts';

const stated = (body: string): string | null => {
  const src = new TextEncoder().encode(body);
  const found = exampleOutput(src, 0, src.length);
  return found && `${found.unordered ? 'unordered ' : ''}${JSON.stringify(found.output)}`;
};

test('the last comment of an example states its output', () => {
  assert.equal(stated('{\n\tf()\n\t// Output: a\n\t// b\n'), '"a\\nb\\n"');
  assert.equal(stated('{\n\tf()\n\t// output:\n\t//   a\n\t//\n\t//\n\t// b\n\t//\n'), '"  a\\n\\nb\\n"');
  assert.equal(stated('{\n\tf()\n\t/* Unordered output: a */\n'), 'unordered "a\\n"');
  assert.equal(stated('{\n\t// Output:\n'), '""');
  assert.equal(stated('{\n\t// Output: a\n\n\t// another\n'), null);
  assert.equal(stated('{\n\tf("// Output: a", \'"\', `\n// Output: b\n`)\n'), null);
});
