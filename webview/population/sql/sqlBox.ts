import type { SqlAnswer } from '../../../src/shared/populationPage.js';
import { button } from '../../controls.js';
import { element, setText } from '../../dom.js';
import { Pane } from '../../pane.js';
import { DataTable } from '../dataTable.js';
import { counted } from '../format.js';
import type { PopulationModel } from '../populationModel.js';

const FIRST = 'SELECT label, kind, count(*) AS crashes\nFROM crashes\nGROUP BY ALL\nORDER BY crashes DESC';

/** SQL over the data set: by DuckDB where there is a host to ask, otherwise as a command to copy. */
export function sqlBox(model: PopulationModel): HTMLElement {
  const pane = new Pane({ id: 'sql', title: 'SQL', testId: 'sql', foldable: true });
  const text = element('textarea', { class: 'sql-text', rows: '6', spellcheck: 'false', 'aria-label': 'SQL' });
  text.value = FIRST;
  const status = element('p', { class: 'sql-status', role: 'status', 'data-testid': 'sql-status' });
  let answer: SqlAnswer | undefined;
  const table = new DataTable('Rows of the query', () => contents(answer));
  const fromSelection = button({}, 'What is chosen', () => {
    text.value = model.query();
    text.focus();
  });
  pane.body.classList.add('sql');
  const { query } = model.host;
  if (query === undefined) {
    const copy = button({}, 'Copy as Command', () => {
      const command = `redzone query ${shellQuoted(model.dataset)} ${shellQuoted(text.value)}`;
      model.copy(command, 'The command was copied.');
    });
    setText(status, 'This page asks nobody. The view crashes is the data set; run the command where it lies.');
    pane.body.append(text, element('p', { class: 'sql-actions' }, copy, fromSelection), status);
    return pane.root;
  }
  let asked: AbortController | undefined;
  const ask = () => {
    asked?.abort();
    const own = (asked = new AbortController());
    setText(status, 'Asking DuckDB…');
    query(text.value, own.signal).then(
      (rows) => {
        if (own.signal.aborted) return;
        answer = rows;
        setText(
          status,
          `${counted(rows.rows.length, 'row', 'rows')}${rows.more ? ', and more that are not shown' : ''}`,
        );
        if (table.place.hidden) table.toggle.click();
        else table.refresh();
      },
      (error: unknown) => {
        if (own.signal.aborted) return;
        answer = undefined;
        table.refresh();
        setText(status, error instanceof Error ? error.message : String(error));
      },
    );
  };
  const run = button({ 'data-testid': 'sql-run' }, 'Run', ask);
  text.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    ask();
  });
  pane.body.append(
    element(
      'p',
      { class: 'empty-text' },
      'The view crashes is the data set. Ctrl+Enter runs; nothing is ever changed.',
    ),
    text,
    element('p', { class: 'sql-actions' }, run, fromSelection),
    status,
    table.place,
  );
  return pane.root;
}

function contents(answer: SqlAnswer | undefined) {
  return {
    caption: 'What DuckDB answered',
    head: answer?.columns ?? [],
    rows: (answer?.rows ?? []).map((row) => row.map((cell) => (cell === null ? '' : String(cell)))),
  };
}

/** As one word of a POSIX shell. */
function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
