// Expressions as messages print them; the parser's messages need them too, so the code is with the syntax tree.

export { exprListString, exprString } from '../syntax/exprstring.ts';
