import type { ReactNode } from 'react';

interface TableProps {
  /** By their titles, from the left; figures stand at the right. */
  readonly columns: Readonly<Record<string, 'text' | 'figure'>>;
  readonly caption?: string;
  readonly children: ReactNode;
}

export const Table = ({ columns, caption, children }: TableProps) => (
  <table>
    {caption !== undefined && <caption>{caption}</caption>}
    <thead>
      <tr>
        {Object.entries(columns).map(([title, kind]) => (
          <th key={title} scope="col" className={kind}>
            {title}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>{children}</tbody>
  </table>
);
