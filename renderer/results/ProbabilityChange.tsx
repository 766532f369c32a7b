import type { ResultViewOf } from '../../core/protocol/resultView.ts';

const share = (cell: number | string | null | undefined): number => (typeof cell === 'number' ? cell : 0);

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;

/** Two bars a class: before and after. The table's columns are class, before, after. */
export function ProbabilityChange({ table }: { readonly table: ResultViewOf<'table'> }) {
  return (
    <div className="probability-change">
      {table.rows.map(([label, before, after]) => (
        <div key={String(label)} className="probability-row">
          <span className="clip" title={String(label)}>
            {label}
          </span>
          <div>
            <div className="bar-track">
              <div className="bar-fill before" style={{ width: `${100 * share(before)}%` }} />
            </div>
            <div className="bar-track">
              <div className="bar-fill" style={{ width: `${100 * share(after)}%` }} />
            </div>
          </div>
          <span className="numbers right">{percent(share(before))}</span>
          <span aria-hidden="true" className="dimmed">
            →
          </span>
          <span className="numbers right">{percent(share(after))}</span>
        </div>
      ))}
      <div className="legend dimmed">
        <i className="bar-fill before" /> before <i className="bar-fill" /> after
      </div>
    </div>
  );
}
