/**
 * The common case of a batch, as sets: many reserves that all fit, many settlements that exclude nothing. What these
 * functions do equals doing the calls one after the other; where that is not certain at a glance, they are done one after the
 * other. A statement costs the server far more to start than to run: this is what makes a batch cheap.
 */
export const groups = `
-- Made anew with the functions: a type is never replaced, and those that take it go with it.
drop type if exists request, demand, settlement cascade;

create type request as (
  run_id text, owner text, person text, procedure text, size bigint, key text, input_hash text, lines budget_line[],
  concurrent_runs bigint, now_ms bigint, lease_until_ms bigint
);

-- What all requests together want of one window.
create type demand as (
  scope text, "window" bigint, amount bigint, "limit" bigint, code text, resets_at_ms bigint, person text
);

create type settlement as (
  n bigint, run_id text, owner text, procedure text, day bigint, was_held boolean, lines budget_line[],
  compute_us bigint, user_us bigint, cap_micro_usd bigint, price_as_of text, wall_us bigint, free_key boolean
);

-- Null when two requests disagree on what a window is: then the order decides.
create or replace function demands_of(asked request[]) returns demand[] language plpgsql stable as $$
declare
  demands demand[];
  plain boolean;
begin
  select array_agg(row(d.scope, d."window", d.amount, d."limit", d.code, d.resets_at_ms, d.person)::demand), bool_and(d.plain)
    into demands, plain
    from (
      select l.scope, l."window", sum(l.amount)::bigint as amount, min(l."limit") as "limit", min(l.code) as code,
        min(l.resets_at_ms) as resets_at_ms, min(r.person) as person,
        min(l."limit") = max(l."limit") and min(l.code) = max(l.code) and min(l.resets_at_ms) = max(l.resets_at_ms)
          and (l.code <> 'limit.quota' or min(r.person) = max(r.person) and count(r.person) = count(*) or count(r.person) = 0)
          as plain
      from unnest(asked) r, unnest(r.lines) l group by l.scope, l."window", l.code
    ) d;
  return case when plain then demands end;
end $$;

-- Whether every request is a new run that its owner may start now.
create or replace function may_start(asked request[]) returns boolean language sql stable as $$
  select not exists (select 1 from switches s where s.name = 'kill' and s."on")
    and (select count(distinct (r.owner, r.key)) = count(*) from unnest(asked) r)
    and not exists (select 1 from unnest(asked) r, runs seen where seen.owner = r.owner and seen.idempotency_key = r.key)
    and not exists (
      select 1 from (
        select r.owner, count(*) as wanted, min(r.concurrent_runs) as slots, max(r.now_ms) as now_ms
        from unnest(asked) r group by r.owner
      ) o, lateral (
        select count(*) as held, coalesce(min(r.lease_until_ms) <= o.now_ms, false) as ended
        from runs r where r.state = 'held' and r.owner = o.owner
      ) live
      where live.ended or live.held + o.wanted > o.slots)
$$;

-- Whether all fit at once. Then each of them fits in any order: what is held only grows.
create or replace function fits(demands demand[]) returns boolean language sql stable as $$
  select not exists (
    select 1 from unnest(demands) d left join windows w on w.scope = d.scope and w."window" = d."window"
    where coalesce(w.settled + w.held,
      opening(row(d.scope, d."window", false, 0, 0, d.code, 0)::budget_line, d.person)) + d.amount > d."limit")
$$;

create or replace function hold_all(asked request[], demands demand[]) returns void language plpgsql as $$
declare
  there int;
begin
  update windows w set held = w.held + d.amount, "limit" = d."limit"
    from unnest(demands) d where w.scope = d.scope and w."window" = d."window";
  get diagnostics there = row_count;
  if there < cardinality(demands) then
    insert into windows (scope, "window", settled, held, "limit", resets_at_ms)
      select d.scope, d."window", opening(row(d.scope, d."window", false, 0, 0, d.code, 0)::budget_line, d.person),
        d.amount, d."limit", d.resets_at_ms
      from unnest(demands) d
      where not exists (select 1 from windows w where w.scope = d.scope and w."window" = d."window");
  end if;
  insert into runs (run_id, owner, procedure, idempotency_key, input_hash, state, lines, lease_until_ms, created_ms, size)
    select r.run_id, r.owner, r.procedure, r.key, r.input_hash, 'held', r.lines, r.lease_until_ms, r.now_ms, r.size
    from unnest(asked) r;
end $$;

create or replace function reserve_all(calls jsonb[]) returns jsonb[] language plpgsql as $$
declare
  asked request[];
  demands demand[];
  call jsonb;
  results jsonb[] := '{}';
begin
  select array_agg(row(c -> 1 ->> 'runId', c -> 1 ->> 'owner', c -> 1 ->> 'person', c -> 1 ->> 'procedure',
      c -> 1 ->> 'size', c -> 1 ->> 'idempotencyKey', c -> 1 ->> 'inputHash', lines_of(c -> 1 -> 'lines'), c -> 1 ->> 'concurrentRuns',
      c -> 1 ->> 'nowMs', c -> 1 ->> 'leaseUntilMs')::request)
    into asked from unnest(calls) c;
  demands := demands_of(asked);
  if demands is not null and may_start(asked) and fits(demands) then
    perform hold_all(asked, demands);
    return array_fill('{"kind": "held"}'::jsonb, array[cardinality(calls)]);
  end if;
  foreach call in array calls loop results := array_append(results, reserve(call -> 1)); end loop;
  return results;
end $$;

-- Null unless each is the one settlement of an open run that pays for itself, and none timed out: what a timeout costs depends on those before.
create or replace function settlements_of(calls jsonb[]) returns settlement[] language plpgsql stable as $$
declare
  used settlement[];
begin
  select array_agg(row(c.n, run.run_id, run.owner, run.procedure, run.created_ms / 86400000, run.state = 'held', run.lines,
      c.used ->> 'computeUs', c.used ->> 'userUs', c.used ->> 'capMicroUsd', c.used ->> 'priceAsOf', c.used ->> 'wallUs',
      c.used ->> 'freeKey')::settlement)
    into used
    from (select n, call -> 1 as used from unnest(calls) with ordinality as each(call, n)) c
    join runs run on run.run_id = c.used ->> 'runId' and (run.state = 'held' or run.state = 'expired' and run.idempotency_key is not null)
    where c.used ->> 'timeoutUs' is null;
  if cardinality(used) = cardinality(calls)
    and cardinality(calls) = (select count(distinct u.run_id) from unnest(used) u) then return used; end if;
  return null;
end $$;

create or replace function charge_all(used settlement[]) returns void language plpgsql as $$
begin
  update windows w set held = w.held - moved.held, settled = w.settled + moved.settled
    from (
      select l.scope, l."window", sum(case when u.was_held then l.amount else 0 end)::bigint as held,
        sum(case when l.money then u.cap_micro_usd - case when u.was_held then 0 else l.amount end else u.user_us end)::bigint
          as settled
      from unnest(used) u, unnest(u.lines) l group by l.scope, l."window"
    ) moved where w.scope = moved.scope and w."window" = moved."window";
  update runs r set state = 'settled', lines = lines_after(r.lines),
      compute_us = u.compute_us, user_us = u.user_us, cap_micro_usd = u.cap_micro_usd,
      price_as_of = u.price_as_of, wall_us = u.wall_us,
      idempotency_key = case when u.free_key then null else r.idempotency_key end
    from unnest(used) u where r.run_id = u.run_id;
  insert into usage as t (owner, day, procedure, runs, timeouts, compute_us, user_us, micro_usd)
    select u.owner, u.day, u.procedure, count(*), 0, sum(u.compute_us), sum(u.user_us), sum(u.cap_micro_usd)
    from unnest(used) u where u.owner <> '' group by u.owner, u.day, u.procedure
    on conflict (owner, day, procedure) do update set runs = t.runs + excluded.runs,
      compute_us = t.compute_us + excluded.compute_us, user_us = t.user_us + excluded.user_us,
      micro_usd = t.micro_usd + excluded.micro_usd;
end $$;

-- To each what stood in its owner's day right after it: what came later in the group is taken off again.
create or replace function settled_all(used settlement[]) returns jsonb[] language sql stable as $$
  select array_agg(jsonb_build_object('computeUs', s.compute_us, 'resetsAtMs', coalesce((s.own).resets_at_ms, 0), 'remainingUs',
      greatest(0, coalesce((s.own)."limit" - coalesce(w.settled + w.held, opening(s.own, null)) + s.later, 0))) order by s.n)
  from (
    select u.n, u.compute_us, u.own, coalesce(sum(u.user_us - case when u.was_held then (u.own).amount else 0 end)
        over (partition by (u.own).scope, (u.own)."window" order by u.n rows between 1 following and unbounded following), 0)
      ::bigint as later
    from (
      select u.n, u.compute_us, u.user_us, u.was_held,
        (select l::budget_line from unnest(u.lines) l where l.code = 'limit.quota' limit 1) as own
      from unnest(used) u
    ) u
  ) s left join windows w on w.scope = (s.own).scope and w."window" = (s.own)."window"
$$;

create or replace function settle_all(calls jsonb[]) returns jsonb[] language plpgsql as $$
declare
  used settlement[] := settlements_of(calls);
  call jsonb;
  results jsonb[] := '{}';
begin
  if used is not null then
    perform charge_all(used);
    return settled_all(used);
  end if;
  foreach call in array calls loop results := array_append(results, settle(call -> 1)); end loop;
  return results;
end $$;
`;
