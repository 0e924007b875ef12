/**
 * The one statement that the adapter sends: calls as `[operation, argument, …]`, their results in the same order. All of
 * them are one transaction, and one flush of the server's log.
 *
 * `exclusive` takes the ledger's lock until the commit. Every run moves the rows of the cap, so batches of several processes
 * wait for each other in any case: here they do it once and before they have touched a row, which leaves no order in which
 * two of them could deadlock. The transaction is a single statement: a process that stops or dies holds no lock.
 *
 * The planner is told to use the indexes: its plans are kept for as long as the connection lives, and those that it makes
 * over empty tables read all of them.
 */
export const batch = `
create or replace function perform_call(call jsonb) returns jsonb language plpgsql as $$
declare
  none jsonb := 'null';
begin
  case call ->> 0
    when 'reserve' then return reserve(call -> 1);
    when 'settle' then return settle(call -> 1);
    when 'release' then perform release(call ->> 1); return none;
    when 'renew' then perform renew(call ->> 1, (call ->> 2)::bigint); return none;
    when 'expire' then return to_jsonb(expire((call ->> 1)::bigint));
    when 'runOf' then return coalesce((select record_of(r) from runs r where r.run_id = call ->> 1), none);
    when 'samples' then return samples((call ->> 1)::bigint);
    when 'usage' then return usage_of(call -> 1);
    when 'setKillSwitch' then perform set_kill_switch((call ->> 1)::boolean); perform note_act(call -> 2); return none;
    when 'isKilled' then return to_jsonb(exists (select 1 from switches s where s.name = 'kill' and s."on"));
    when 'account' then return account_of(call ->> 1);
    when 'setAccount' then perform set_account(call ->> 1, call -> 2); perform note_act(call -> 3); return none;
    when 'exportAccount' then return export_account(call ->> 1);
    when 'deleteAccount' then perform delete_account(call -> 1); perform note_act(call -> 2); return none;
    when 'users' then return users_of(call -> 1);
    when 'acts' then return latest_acts((call ->> 1)::bigint);
    when 'claim' then return to_jsonb(take_claim(call -> 1));
    when 'prune' then return to_jsonb(prune((call ->> 1)::bigint));
  end case;
end $$;

create or replace function perform_group(kind text, calls jsonb[]) returns jsonb[] language plpgsql as $$
declare
  call jsonb;
  results jsonb[] := '{}';
begin
  if cardinality(calls) > 3 and kind = 'reserve' then return reserve_all(calls); end if;
  if cardinality(calls) > 3 and kind = 'settle' then return settle_all(calls); end if;
  foreach call in array calls loop results := array_append(results, perform_call(call)); end loop;
  return results;
end $$;

create or replace function batch(calls jsonb, exclusive boolean) returns jsonb language plpgsql
  set search_path from current set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off
as $$
declare
  call jsonb;
  kind text := '';
  alike jsonb[] := '{}';
  results jsonb[] := '{}';
begin
  if exclusive then perform pg_advisory_xact_lock(hashtextextended('twohop ledger ' || current_schema(), 0)); end if;
  for call in select value from jsonb_array_elements(calls) loop
    if call ->> 0 <> kind and cardinality(alike) > 0 then
      results := results || perform_group(kind, alike);
      alike := '{}';
    end if;
    kind := call ->> 0;
    alike := array_append(alike, call);
  end loop;
  if cardinality(alike) > 0 then results := results || perform_group(kind, alike); end if;
  return to_jsonb(results);
end $$;
`;
