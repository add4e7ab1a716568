import { packTable } from '../../../src/session/population/packTable.js';
import type { ColumnTable } from '../../../src/shared/columnTable.js';
import type { PopulationReport } from '../../../src/shared/findings.js';
import { SAMPLE_SOURCE } from './sampleFleet.js';
import { PROTOCOL_VERSION, type HostMessage, type PageMessage } from '../../../src/shared/protocol.js';
import type { PopulationAction, PopulationEvent, PopulationLine } from '../../../src/shared/populationPage.js';

/** Answers the population page as the editor does, and keeps what it wants done. */
export class PopulationTestHost {
  readonly actions: PopulationAction[] = [];
  readonly asked: string[] = [];
  readonly #pack: Uint8Array;
  readonly #opening: PopulationEvent;

  constructor(table: ColumnTable, report: PopulationReport, opening: Partial<PopulationEvent> = {}) {
    this.#pack = packTable(table, { dataset: 'sample.cores.ndjson', report, source: SAMPLE_SOURCE });
    this.#opening = {
      type: 'ready',
      version: PROTOCOL_VERSION,
      dataset: 'sample.cores.ndjson',
      ...opening,
    } as PopulationEvent;
  }

  send: (message: HostMessage<PopulationLine>) => Promise<void> = () => Promise.resolve();

  /** As DuckDB would: one row, or why there is none. */
  #answered(id: number, sql: string): HostMessage<PopulationLine> {
    if (!sql.startsWith('SELECT')) return { type: 'failure', id, message: 'only SELECT is allowed' };
    return { type: 'answer', id, answer: { columns: ['asked', 'none'], rows: [[sql, null]], more: true } };
  }

  async receive(message: PageMessage<PopulationLine>): Promise<void> {
    switch (message.type) {
      case 'hello':
        await this.send(this.#opening);
        return;
      case 'do':
        this.actions.push(message.action);
        return;
      case 'ask': {
        this.asked.push(message.name);
        if (message.name === 'sql') {
          await this.send(this.#answered(message.id, (message.params as { sql: string }).sql));
          return;
        }
        const { from, length } = message.params as { from: number; length: number };
        const bytes = this.#pack.slice(from, from + length);
        await this.send({ type: 'answer', id: message.id, answer: { total: this.#pack.length, bytes } });
        return;
      }
      case 'cancel':
    }
  }
}
