import { count } from '../figures.ts';
import { Table } from './table.tsx';

interface CountsProps {
  readonly title: string;
  readonly rows: readonly { readonly name: string; readonly count: number }[];
}

/** Names and how often each was counted. */
export const Counts = ({ title, rows }: CountsProps) => (
  <Table columns={{ [title]: 'text', Calls: 'figure' }}>
    {rows.map(({ name, count: each }) => (
      <tr key={name}>
        <td>
          <code>{name}</code>
        </td>
        <td className="figure">{count(each)}</td>
      </tr>
    ))}
  </Table>
);
