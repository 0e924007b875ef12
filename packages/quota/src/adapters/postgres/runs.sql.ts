/** `store.ts` in PL/pgSQL: the money of a run from its hold to its end. */
export const runs = `
-- The user, the address and the pool get their hold back; the cap keeps the worst case, since the run may have spent it.
create or replace function expire_run(run runs) returns void language plpgsql as $$
begin
  update windows w set held = w.held - l.amount, settled = w.settled + case when l.money then l.amount else 0 end
    from unnest(run.lines) l where w.scope = l.scope and w."window" = l."window";
  update runs set state = 'expired' where run_id = run.run_id;
end $$;

create or replace function reserve(asked jsonb) returns jsonb language plpgsql as $$
declare
  who text := asked ->> 'owner';
  whose text := asked ->> 'person';
  now_ms bigint := (asked ->> 'nowMs')::bigint;
  wanted budget_line[] := lines_of(asked -> 'lines');
  seen record;
  standing record;
  denial jsonb;
begin
  select count(*) filter (where r.lease_until_ms <= now_ms) as ended,
         count(*) filter (where r.lease_until_ms > now_ms) as running,
         exists (select 1 from switches s where s.name = 'kill' and s."on") as killed
    into standing from runs r where r.state = 'held' and r.owner = who;
  if standing.ended > 0 then
    perform expire_run(r) from runs r where r.state = 'held' and r.owner = who and r.lease_until_ms <= now_ms;
  end if;
  select r.run_id, r.input_hash, r.state, r.created_ms into seen
    from runs r where r.owner = who and r.idempotency_key = asked ->> 'idempotencyKey';
  if found and seen.state <> 'expired' and seen.created_ms > now_ms - 86400000 then
    if seen.input_hash <> asked ->> 'inputHash' then return '{"kind": "conflict"}'; end if;
    return jsonb_build_object('kind', case when seen.state = 'settled' then 'settled' else 'running' end, 'runId', seen.run_id);
  end if;
  if standing.killed then
    return '{"kind": "denied", "denial": {"code": "limit.killed", "limit": "kill-switch", "resetsAtMs": null}}';
  end if;
  if standing.running >= (asked ->> 'concurrentRuns')::bigint then
    return '{"kind": "denied", "denial": {"code": "limit.concurrency", "limit": "concurrency", "resetsAtMs": null}}';
  end if;
  denial := denial_of(wanted, whose);
  if denial is not null then return jsonb_build_object('kind', 'denied', 'denial', denial); end if;
  update runs set idempotency_key = null where run_id = seen.run_id;
  perform hold(wanted, whose);
  insert into runs (run_id, owner, procedure, idempotency_key, input_hash, state, lines, lease_until_ms, created_ms, size)
    values (asked ->> 'runId', who, asked ->> 'procedure', asked ->> 'idempotencyKey', asked ->> 'inputHash', 'held',
      wanted, (asked ->> 'leaseUntilMs')::bigint, now_ms, (asked ->> 'size')::bigint);
  return '{"kind": "held"}';
end $$;

-- decide.ts: three timeouts a day are free.
create or replace function user_charge(run runs, user_us bigint, timeout_us bigint) returns bigint language plpgsql stable as $$
begin
  -- The user tried again with the same key when its lease had ended, and pays for that run: nobody pays twice.
  if run.state = 'expired' and run.idempotency_key is null then return 0; end if;
  if timeout_us is null then return user_us; end if;
  if (select coalesce(sum(u.timeouts), 0) from usage u where u.owner = run.owner and u.day = run.created_ms / 86400000) >= 3 then
    return timeout_us;
  end if;
  return user_us;
end $$;

-- An ended lease gave the holds back already, and charged the worst case to the cap: it is corrected to the real use.
create or replace function charge(run runs, user_us bigint, cap_micro_usd bigint) returns void language plpgsql as $$
begin
  if run.state = 'held' then
    update windows w
      set held = w.held - l.amount, settled = w.settled + case when l.money then cap_micro_usd else user_us end
      from unnest(run.lines) l where w.scope = l.scope and w."window" = l."window";
  else
    update windows w set settled = w.settled + case when l.money then cap_micro_usd - l.amount else user_us end
      from unnest(run.lines) l where w.scope = l.scope and w."window" = l."window";
  end if;
end $$;

-- What a settled run is still asked for is its owner's day, and most rows of the table are settled runs.
create or replace function lines_after(lines budget_line[]) returns budget_line[] language sql immutable as $$
  select case when lines[1].code = 'limit.quota' then lines[1:1] else lines end
$$;

create or replace function settle(used jsonb) returns jsonb language plpgsql as $$
declare
  run runs;
  compute bigint := (used ->> 'computeUs')::bigint;
  cap bigint := (used ->> 'capMicroUsd')::bigint;
  timeout bigint := (used ->> 'timeoutUs')::bigint;
  charged bigint;
  own budget_line;
  balance jsonb;
begin
  select * into run from runs where run_id = used ->> 'runId';
  -- The account was deleted and the run with it: nothing may come back.
  if not found then return jsonb_build_object('computeUs', compute, 'remainingUs', 0, 'resetsAtMs', 0); end if;
  if run.state in ('held', 'expired') then
    charged := user_charge(run, (used ->> 'userUs')::bigint, timeout);
    perform charge(run, charged, cap);
    update runs set state = 'settled', lines = lines_after(lines), compute_us = compute, user_us = charged, cap_micro_usd = cap,
        price_as_of = used ->> 'priceAsOf', wall_us = (used ->> 'wallUs')::bigint,
        idempotency_key = case when (used ->> 'freeKey')::boolean then null else idempotency_key end
      where run_id = run.run_id;
    if run.owner <> '' then
      insert into usage as u (owner, day, procedure, runs, timeouts, compute_us, user_us, micro_usd)
        values (run.owner, run.created_ms / 86400000, run.procedure, 1, case when timeout is null then 0 else 1 end,
          compute, charged, cap)
        on conflict (owner, day, procedure) do update set runs = u.runs + 1, timeouts = u.timeouts + excluded.timeouts,
          compute_us = u.compute_us + excluded.compute_us, user_us = u.user_us + excluded.user_us,
          micro_usd = u.micro_usd + excluded.micro_usd;
    end if;
  else
    compute := coalesce(run.compute_us, 0);
  end if;
  foreach own in array run.lines loop
    if own.code = 'limit.quota' then
      balance := balance_of(own, null);
      return jsonb_build_object('computeUs', compute, 'resetsAtMs', own.resets_at_ms, 'remainingUs',
        greatest(0, own."limit" - (balance ->> 'settled')::bigint - (balance ->> 'held')::bigint));
    end if;
  end loop;
  return jsonb_build_object('computeUs', compute, 'remainingUs', 0, 'resetsAtMs', 0);
end $$;

-- Before dispatch nothing can have run, so an ended lease's charge to the cap is taken back as well.
create or replace function release(id text) returns void language plpgsql as $$
declare
  run runs;
begin
  select * into run from runs where run_id = id and state in ('held', 'expired');
  if not found then return; end if;
  if run.state = 'held' then
    update windows w set held = w.held - l.amount
      from unnest(run.lines) l where w.scope = l.scope and w."window" = l."window";
  else
    update windows w set settled = w.settled - l.amount
      from unnest(run.lines) l where l.money and w.scope = l.scope and w."window" = l."window";
  end if;
  update runs set state = 'released', idempotency_key = null where run_id = id;
end $$;

create or replace function renew(id text, until_ms bigint) returns void language sql as $$
  update runs set lease_until_ms = until_ms where run_id = id and state = 'held'
$$;

create or replace function expire(now_ms bigint) returns bigint language plpgsql as $$
declare
  ended runs;
  many bigint := 0;
begin
  for ended in select * from runs where state = 'held' and lease_until_ms <= now_ms limit 500 loop
    perform expire_run(ended);
    many := many + 1;
  end loop;
  return many;
end $$;

create or replace function samples(latest bigint) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('procedure', r.procedure, 'size', r.size, 'computeUs', r.user_us, 'wallUs', r.wall_us)
      order by r.created_ms, r.run_id), '[]')
    from (select * from runs order by created_ms desc, run_id desc limit latest) r
    where r.size is not null and r.wall_us is not null and r.user_us > 0
$$;

create or replace function usage_of(asked jsonb) returns jsonb language sql stable as $$
  select jsonb_build_object(
    'lines', (select coalesce(jsonb_agg(balance_of(l::budget_line, asked ->> 'person') order by n), '[]')
      from unnest(lines_of(asked -> 'lines')) with ordinality as each(scope, "window", money, amount, "limit", code, resets_at_ms, n),
        lateral (select row(scope, "window", money, amount, "limit", code, resets_at_ms)::budget_line as l) as whole),
    'running', (select count(*) from runs
      where state = 'held' and owner = asked ->> 'owner' and lease_until_ms > (asked ->> 'nowMs')::bigint))
$$;
`;
