import type { DatabaseSync } from 'node:sqlite';
import { AFTER_ALL, SCANNED_ROWS } from '../../decide.ts';
import type { UserRow, UsersRequest } from '../../ports.ts';

/** Who spends, and who has a record: read from what is kept of each user. */
export function usersTable(db: DatabaseSync) {
  const read = db.prepare(
    `WITH
       spenders AS (
         SELECT owner FROM (SELECT owner, micro_usd FROM usage WHERE day = $day AND owner >= $from AND owner < $to LIMIT ${SCANNED_ROWS})
         GROUP BY owner ORDER BY sum(micro_usd) DESC, owner LIMIT $limit),
       recorded AS (
         SELECT owner FROM accounts WHERE owner >= $from AND owner < $to AND (plan IS NOT NULL OR blocked) ORDER BY owner LIMIT $limit),
       everybody AS (
         SELECT DISTINCT owner FROM usage WHERE $all AND owner >= $from AND owner < $to ORDER BY owner LIMIT $limit),
       named AS (SELECT * FROM spenders UNION SELECT * FROM recorded UNION SELECT * FROM everybody)
     SELECT n.owner, a.plan, coalesce(a.blocked, 0) AS blocked,
       (SELECT coalesce(sum(micro_usd), 0) FROM usage u WHERE u.owner = n.owner AND u.day = $day) AS dayMicroUsd,
       (SELECT coalesce(sum(micro_usd), 0) FROM usage u WHERE u.owner = n.owner AND u.day >= $first) AS monthMicroUsd,
       (SELECT coalesce(sum(runs), 0) FROM usage u WHERE u.owner = n.owner AND u.day >= $first) AS monthRuns
     FROM named n LEFT JOIN accounts a ON a.owner = n.owner
     ORDER BY dayMicroUsd DESC, monthMicroUsd DESC, n.owner LIMIT $limit`,
  );
  return ({ prefix, all, day, firstOfMonth, limit }: UsersRequest): UserRow[] => {
    const range = { $from: prefix, $to: prefix + AFTER_ALL };
    const rows = read.all({ ...range, $all: all ? 1 : 0, $day: day, $first: firstOfMonth, $limit: limit });
    return (rows as unknown as (Omit<UserRow, 'blocked'> & { blocked: number })[]).map((row) => ({
      ...row,
      blocked: row.blocked === 1,
    }));
  };
}
