/**
 * The tables: the same facts as SQLite's. Text compares by bytes (`"C"`), since nothing here is sorted for a reader and a
 * server's locale must not decide what is equal. The hot rows get room on their page, so that an update touches no index.
 */
export const tables = `
create domain amount as bigint check (value between 0 and 9007199254740991);

create type budget_line as (
  scope text, "window" bigint, money boolean, amount bigint, "limit" bigint, code text, resets_at_ms bigint
);

create table windows (
  scope text collate "C" not null, "window" bigint not null,
  settled amount not null, held amount not null,
  "limit" amount not null, resets_at_ms amount not null,
  primary key (scope, "window")
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
create index windows_by_end on windows (resets_at_ms);

create table runs (
  run_id text collate "C" primary key, owner text collate "C" not null, procedure text collate "C" not null,
  idempotency_key text collate "C", input_hash text not null,
  state text collate "C" not null check (state in ('held', 'settled', 'released', 'expired')),
  lines budget_line[] not null, lease_until_ms amount not null, created_ms amount not null,
  compute_us amount, user_us amount, cap_micro_usd amount,
  unique (owner, idempotency_key)
);
create index runs_held on runs (owner, lease_until_ms) where state = 'held';
create index runs_by_age on runs (created_ms);

create table usage (
  owner text collate "C" not null, day bigint not null, procedure text collate "C" not null,
  runs amount not null, timeouts amount not null, compute_us amount not null, user_us amount not null,
  micro_usd amount not null,
  primary key (owner, day, procedure)
) with (fillfactor = 70);

create table accounts (owner text collate "C" primary key, plan text, blocked boolean not null);

create table tombstones (
  person text collate "C" not null, kind text collate "C" not null, "window" bigint not null,
  settled amount not null, "limit" amount not null, until_ms amount not null,
  primary key (person, kind, "window")
);
create index tombstones_by_end on tombstones (until_ms);

create table switches (name text primary key, "on" boolean not null);
`;
