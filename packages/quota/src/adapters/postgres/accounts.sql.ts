import { PRUNED_ROWS } from '../../decide.ts';

/** `accounts-table.ts` in SQL: records about users, the kill switch, and what may be forgotten. */
export const accounts = `
create or replace function account_of(who text) returns jsonb language sql stable as $$
  select jsonb_build_object('plan', a.plan, 'blocked', coalesce(a.blocked, false))
  from (select 1) as always left join accounts a on a.owner = who
$$;

create or replace function set_account(who text, given jsonb) returns void language sql as $$
  insert into accounts (owner, plan, blocked) values (who, given ->> 'plan', (given ->> 'blocked')::boolean)
  on conflict (owner) do update set plan = excluded.plan, blocked = excluded.blocked
$$;

create or replace function scopes_of(who text) returns text[] language sql immutable as $$
  select array['user-day:' || who, 'user-month:' || who]
$$;

create or replace function record_of(run runs) returns jsonb language sql stable as $$
  select jsonb_build_object('runId', run.run_id, 'procedure', run.procedure, 'state', run.state, 'createdMs', run.created_ms,
    'computeUs', run.compute_us, 'userUs', run.user_us, 'capMicroUsd', run.cap_micro_usd,
    'priceAsOf', run.price_as_of)
$$;

create or replace function export_account(who text) returns jsonb language sql stable as $$
  select jsonb_build_object(
    'account', account_of(who),
    'usage', (select coalesce(jsonb_agg(jsonb_build_object('day', u.day, 'procedure', u.procedure, 'runs', u.runs,
        'computeUs', u.compute_us, 'userUs', u.user_us, 'microUsd', u.micro_usd) order by u.day, u.procedure), '[]')
      from usage u where u.owner = who),
    'runs', (select coalesce(jsonb_agg(record_of(latest.run) order by (latest.run).created_ms, (latest.run).run_id), '[]')
      from (select runs as run from runs where owner = who order by created_ms desc, run_id desc limit 10000) latest),
    'windows', (select coalesce(jsonb_agg(jsonb_build_object('scope', kind_of(w.scope), 'window', w."window",
        'settled', w.settled, 'held', w.held) order by w.scope, w."window"), '[]')
      from windows w where w.scope = any (scopes_of(who))))
$$;

create or replace function delete_account(deletion jsonb) returns void language plpgsql as $$
declare
  who text := deletion ->> 'owner';
begin
  -- Its windows opened with what an earlier account of the same person had used, so the larger of the two is the sum.
  if deletion ->> 'person' is not null then
    insert into tombstones as t (person, kind, "window", settled, "limit", until_ms)
      select deletion ->> 'person', kind_of(w.scope), w."window", w.settled + w.held, w."limit", (deletion ->> 'untilMs')::bigint
      from windows w where w.scope = any (scopes_of(who))
      on conflict (person, kind, "window") do update
        set settled = greatest(t.settled, excluded.settled), until_ms = greatest(t.until_ms, excluded.until_ms);
  end if;
  -- A run in flight goes on for the account of the cap, the address and the pool: its late report finds no user.
  update runs set owner = '', idempotency_key = null,
      lines = (select coalesce(array_agg(l), '{}') from unnest(lines) l where l.code <> 'limit.quota')
    where owner = who and state = 'held';
  delete from windows where scope = any (scopes_of(who));
  delete from runs where owner = who;
  delete from usage where owner = who;
  delete from accounts where owner = who;
end $$;

create or replace function set_kill_switch(given boolean) returns void language sql as $$
  insert into switches (name, "on") values ('kill', given) on conflict (name) do update set "on" = excluded."on"
$$;

create or replace function take_claim(given jsonb) returns boolean language plpgsql as $$
begin
  insert into claims as c (name, holder, until_ms) values (given ->> 'name', given ->> 'holder', (given ->> 'untilMs')::bigint)
    on conflict (name) do update set holder = excluded.holder, until_ms = excluded.until_ms
      where c.until_ms <= (given ->> 'nowMs')::bigint or c.holder = excluded.holder;
  return found;
end $$;

-- Without the ledger's lock: what a batch works on is skipped and comes up the next time.
create or replace function prune(before_ms bigint) returns bigint language plpgsql as $$
declare
  forgotten bigint;
  total bigint := 0;
begin
  delete from runs where run_id in (select run_id from runs
    where created_ms < before_ms and state <> 'held' order by created_ms limit ${PRUNED_ROWS} for update skip locked);
  get diagnostics total = row_count;
  -- The last window of a budget is kept while it is in debt: the one after it opens with the rest.
  delete from windows where (scope, "window") in (select w.scope, w."window" from windows w
    where w.resets_at_ms < before_ms and w.held = 0 and (w.settled <= w."limit"
      or exists (select 1 from windows later where later.scope = w.scope and later."window" > w."window"))
    order by w.resets_at_ms limit ${PRUNED_ROWS} for update skip locked);
  get diagnostics forgotten = row_count;
  total := total + forgotten;
  delete from tombstones where (person, kind, "window") in (select person, kind, "window" from tombstones
    where until_ms < before_ms limit ${PRUNED_ROWS} for update skip locked);
  get diagnostics forgotten = row_count;
  total := total + forgotten;
  delete from claims where until_ms < before_ms;
  get diagnostics forgotten = row_count;
  return total + forgotten;
end $$;
`;
