/** A column of a table. */
export interface Column<Row> {
  title: string;
  /** Columns are dropped from the highest number on where a line has no room for all. 0 is never dropped. */
  rank: number;
  cell(row: Row): string;
  /** Default: left. */
  align?: 'left' | 'right';
  /** Cells that stand on a line of their own, above the others of their row, rather than widen the column. */
  alone?(row: Row): boolean;
}

const GAP = '  ';

/**
 * Lines of a table, its titles first, none wider than `width`. Columns that have no room are dropped, those that matter
 * least first; nothing is cut. The column of rank 0 alone may be wider than the line.
 */
export function tableLines<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): string[] {
  const sized = columns.map((column) => ({
    column,
    size: rows.reduce(
      (most, row) => (column.alone?.(row) === true ? most : Math.max(most, length(column.cell(row)))),
      length(column.title),
    ),
  }));
  const kept = new Set<Column<Row>>();
  let used = -GAP.length;
  for (const { column, size } of [...sized].sort((a, b) => a.column.rank - b.column.rank)) {
    if (column.rank > 0 && used + GAP.length + size > width) continue;
    used += GAP.length + size;
    kept.add(column);
  }
  const shown = sized.filter(({ column }) => kept.has(column));
  const line = (text: (column: Column<Row>) => string): string =>
    shown
      .map(({ column, size }) => padded(text(column), size, column.align))
      .join(GAP)
      .trimEnd();
  return [
    line(({ title }) => title),
    ...rows.flatMap((row) => {
      const alone = shown.filter(({ column }) => column.alone?.(row) === true).map(({ column }) => column);
      const rest = line((column) => (alone.includes(column) ? '' : column.cell(row)));
      return [...alone.map((column) => column.cell(row)), ...(rest === '' ? [] : [rest])];
    }),
  ];
}

function padded(text: string, size: number, align: 'left' | 'right' = 'left'): string {
  const blank = ' '.repeat(Math.max(0, size - length(text)));
  return align === 'right' ? blank + text : text + blank;
}

/** In characters, not in UTF-16 units. */
function length(text: string): number {
  return [...text].length;
}
