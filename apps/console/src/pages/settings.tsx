import { Refused } from '../parts/refused.tsx';
import { Table } from '../parts/table.tsx';
import { useSettings } from '../queries.ts';

/** Read when the server started. Of a secret it says no more than that there is one. */
export function Settings() {
  const { data, error } = useSettings();
  return (
    <>
      <Refused error={error} />
      <p className="quiet">
        As the instance that answers has read them at its start. Of a secret you see only whether it is set.
      </p>
      {data && (
        <Table columns={{ Setting: 'text', Value: 'text' }}>
          {data.settings.map(({ name, value }) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td>{value}</td>
            </tr>
          ))}
        </Table>
      )}
    </>
  );
}
