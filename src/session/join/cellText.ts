/** A cell of a table as text; what is nested as JSON. */
export function cellText(cell: unknown): string {
  switch (typeof cell) {
    case 'string':
      return cell;
    case 'number':
    case 'boolean':
    case 'bigint':
      return `${cell}`;
    default:
      if (typeof cell !== 'object') return '';
      return cell instanceof Date ? cell.toISOString() : JSON.stringify(cell);
  }
}
