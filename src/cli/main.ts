// The burrow command.

import { keepCode } from './codecache.ts';

keepCode();
void import('./command.ts').then(({ start }) => start(process.argv.slice(2)));
