// The event log of `burrow run -events=FILE`: a line for each thing the scheduler did.

import { closeSync, openSync, writeSync } from 'node:fs';
import { eventLine, type SchedEvent } from '../inspect/events.ts';
import { Failure } from './failure.ts';

export class EventLog {
  private readonly fd: number;

  constructor(file: string) {
    try {
      this.fd = openSync(file, 'w');
    } catch (e) {
      throw new Failure(`burrow: cannot write the event log: ${(e as Error).message}\n`);
    }
  }

  add(events: readonly SchedEvent[]): void {
    writeSync(this.fd, events.map((e) => `${eventLine(e)}\n`).join(''));
  }

  close(): void {
    closeSync(this.fd);
  }
}
