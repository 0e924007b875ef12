import { AFTER_ALL, SCANNED_ROWS } from '../../decide.ts';

/** `users-table.ts` and `acts-table.ts` in SQL: who spends, and what admins did. */
export const users = `
create or replace function users_of(asked jsonb) returns jsonb language sql stable as $$
  with given as materialized (
    select asked ->> 'prefix' as low, (asked ->> 'prefix') || '${AFTER_ALL}' as high, (asked ->> 'all')::boolean as everybody,
      (asked ->> 'day')::bigint as today, (asked ->> 'firstOfMonth')::bigint as first, (asked ->> 'limit')::bigint as most),
  spenders as (
    select owner from (select u.owner, u.micro_usd from usage u, given
        where u.day = today and u.owner >= low and u.owner < high limit ${SCANNED_ROWS}) scanned
      group by owner order by sum(micro_usd) desc, owner limit (select most from given)),
  recorded as (
    select a.owner from accounts a, given where a.owner >= low and a.owner < high and (a.plan is not null or a.blocked)
      order by a.owner limit (select most from given)),
  everybody as (
    select distinct u.owner from usage u, given where everybody and u.owner >= low and u.owner < high
      order by u.owner limit (select most from given)),
  named as (select owner from spenders union select owner from recorded union select owner from everybody),
  rows as (
    select n.owner, a.plan, coalesce(a.blocked, false) as blocked,
      coalesce(sum(u.micro_usd) filter (where u.day = today), 0) as day_spent,
      coalesce(sum(u.micro_usd) filter (where u.day >= first), 0) as month_spent,
      coalesce(sum(u.runs) filter (where u.day >= first), 0) as month_runs
    from named n cross join given left join accounts a on a.owner = n.owner
      left join usage u on u.owner = n.owner and u.day >= least(today, first)
    group by n.owner, a.plan, a.blocked
    order by day_spent desc, month_spent desc, n.owner limit (select most from given))
  select coalesce(jsonb_agg(jsonb_build_object('owner', owner, 'plan', plan, 'blocked', blocked, 'dayMicroUsd', day_spent,
    'monthMicroUsd', month_spent, 'monthRuns', month_runs) order by day_spent desc, month_spent desc, owner), '[]') from rows
$$;

create or replace function note_act(act jsonb) returns void language sql as $$
  insert into acts (at_ms, admin, what, target, detail)
    select (act ->> 'atMs')::bigint, act ->> 'by', act ->> 'what', act ->> 'target', act ->> 'detail'
    where jsonb_typeof(act) = 'object'
$$;

create or replace function latest_acts(latest bigint) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('atMs', at_ms, 'by', admin, 'what', what, 'target', target, 'detail', detail)
    order by place desc), '[]')
  from (select * from acts order by place desc limit latest) found
$$;
`;
