import { expect, it } from 'vitest';
import { parseConditions, rowsThat } from '../../../../src/population/microscope/condition.js';
import { TableBuilder } from '../../../../src/population/table/tableBuilder.js';

function table() {
  const builder = new TableBuilder();
  builder.row({ label: 'a', age: 5, time: '2026-05-01T00:00:00Z', mixed: 'x' });
  builder.row({ label: 'b', age: 6, time: '2026-05-02T00:00:00Z', mixed: 7 });
  builder.row({ label: 'a=b', age: 7 });
  builder.row({ age: 8, mixed: 9 });
  return builder.finish();
}

const rows = (text: string) => [...rowsThat(parseConditions(text), table())].join('');

it.each([
  ['label=a', '1000'],
  ['label!=a', '0111'],
  ['label = a=b', '0010'],
  ['label=', '0001'],
  ['age<6', '1000'],
  ['age<=6', '1100'],
  ['age>6 and label=', '0001'],
  ['age>=7 AND age!=8', '0010'],
  ['age=6', '0100'],
  ['time>=2026-05-02', '0100'],
  ['mixed=7', '0100'],
  ['mixed>7', '0001'],
])('%s', (text, wanted) => {
  expect(rows(text)).toBe(wanted);
});

it.each([
  ['label', '“label” is no condition'],
  ['=x', 'is no condition'],
  ['rack=r7', 'There is no column “rack”; there are label, age, time, mixed'],
  ['age<old', '“age<old”: a number must stand behind <'],
  ['time<yesterday', 'a time must stand behind <'],
])('%s is refused in one sentence', (text, sentence) => {
  expect(() => rows(text)).toThrow(sentence);
});
