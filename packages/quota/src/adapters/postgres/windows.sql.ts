/** `decide.ts` and `windows-table.ts` in PL/pgSQL. postgres-mirror.test.ts holds the two equal. */
export const windows = `
create or replace function lines_of(given jsonb) returns budget_line[] language sql immutable as $$
  select coalesce(array_agg(row(
    l.scope, l."window", l.unit = 'microUsd', l.amount, l."limit", l.code, l."resetsAtMs")::budget_line order by l.n), '{}')
  from rows from (jsonb_to_recordset(given) as (
    scope text, "window" bigint, unit text, amount bigint, "limit" bigint, code text, "resetsAtMs" bigint
  )) with ordinality as l(scope, "window", unit, amount, "limit", code, "resetsAtMs", n)
$$;

-- 'user-day' of 'user-day:<owner>'
create or replace function kind_of(scope text) returns text language sql immutable as $$ select split_part(scope, ':', 1) $$;

create or replace function debt(settled bigint, "limit" bigint, windows_ago bigint) returns bigint language sql immutable as $$
  select greatest(0, settled - "limit" * windows_ago)
$$;

-- What a window without a row starts with: the debt of the last one, and what the same person used under a deleted account.
create or replace function opening(l budget_line, who text) returns bigint language plpgsql stable as $$
declare
  owed bigint := 0;
  own bigint;
  buried bigint := 0;
begin
  select debt(w.settled, w."limit", l."window" - w."window"), w."window" into owed, own
    from windows w where w.scope = l.scope and w."window" < l."window" order by w."window" desc limit 1;
  if l.code = 'limit.quota' and who is not null then
    select case when t."window" = l."window" then t.settled else debt(t.settled, t."limit", l."window" - t."window") end
      into buried
      from (
        select t.settled, t."limit", t."window" from tombstones t
        where t.person = who and t.kind = kind_of(l.scope) and t."window" <= l."window" order by t."window" desc limit 1
      ) t
      -- A window of this account that is not older than the deleted one's has opened with what that had used.
      where own is null or own < t."window";
  end if;
  return coalesce(owed, 0) + coalesce(buried, 0);
end $$;

-- The first line that refuses, or null. A missing row is worth what it would open with.
create or replace function denial_of(wanted budget_line[], who text) returns jsonb language plpgsql stable as $$
declare
  refusing record;
begin
  select l.scope, l.code, l.resets_at_ms, l.code = 'limit.quota' and l.amount > l."limit" as too_large into refusing
    from unnest(wanted) with ordinality as l(scope, "window", money, amount, "limit", code, resets_at_ms, n)
    left join windows w on w.scope = l.scope and w."window" = l."window"
    where (l.code = 'limit.quota' and l.amount > l."limit")
      or coalesce(w.settled + w.held, opening(wanted[l.n], who)) + l.amount > l."limit"
    order by l.n limit 1;
  if not found then return null; end if;
  if refusing.too_large then
    return jsonb_build_object('code', 'input.too_large', 'limit', kind_of(refusing.scope), 'resetsAtMs', null);
  end if;
  return jsonb_build_object('code', refusing.code, 'limit', kind_of(refusing.scope), 'resetsAtMs', refusing.resets_at_ms);
end $$;

create or replace function hold(wanted budget_line[], who text) returns void language plpgsql as $$
declare
  there int;
begin
  update windows w set held = w.held + l.amount, "limit" = l."limit"
    from unnest(wanted) l where w.scope = l.scope and w."window" = l."window";
  get diagnostics there = row_count;
  if there < cardinality(wanted) then
    insert into windows (scope, "window", settled, held, "limit", resets_at_ms)
      select l.scope, l."window", opening(wanted[l.n], who), l.amount, l."limit", l.resets_at_ms
      from unnest(wanted) with ordinality as l(scope, "window", money, amount, "limit", code, resets_at_ms, n)
      where not exists (select 1 from windows w where w.scope = l.scope and w."window" = l."window");
  end if;
end $$;

create or replace function balance_of(l budget_line, who text) returns jsonb language plpgsql stable as $$
declare
  w record;
begin
  select settled, held into w from windows where scope = l.scope and "window" = l."window";
  if not found then return jsonb_build_object('settled', opening(l, who), 'held', 0); end if;
  return jsonb_build_object('settled', w.settled, 'held', w.held);
end $$;
`;
