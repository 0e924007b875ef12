/**
 * The tables: the same facts as SQLite's. Text compares by bytes (`"C"`), since nothing here is sorted for a reader and a
 * server's locale must not decide what is equal. The hot rows get room on their page, so that an update touches no index.
 * One check a table: the server parses each of them again with every statement.
 */
export const tables = `
create type budget_line as (
  scope text, "window" bigint, money boolean, amount bigint, "limit" bigint, code text, resets_at_ms bigint
);

create table windows (
  scope text collate "C" not null, "window" bigint not null,
  settled bigint not null, held bigint not null, "limit" bigint not null, resets_at_ms bigint not null,
  primary key (scope, "window"),
  check (settled >= 0 and held >= 0 and settled <= 9007199254740991 and held <= 9007199254740991)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
create index windows_by_end on windows (resets_at_ms);

create table runs (
  run_id text collate "C" primary key, owner text collate "C" not null, procedure text collate "C" not null,
  idempotency_key text collate "C", input_hash text not null,
  state text collate "C" not null, lines budget_line[] not null,
  lease_until_ms bigint not null, created_ms bigint not null, compute_us bigint, user_us bigint, cap_micro_usd bigint,
  unique (owner, idempotency_key),
  check (state in ('held', 'settled', 'released', 'expired') and compute_us >= 0 and user_us >= 0 and cap_micro_usd >= 0)
);
create index runs_held on runs (owner, lease_until_ms) where state = 'held';
create index runs_by_age on runs (created_ms);

create table usage (
  owner text collate "C" not null, day bigint not null, procedure text collate "C" not null,
  runs bigint not null, timeouts bigint not null,
  compute_us bigint not null, user_us bigint not null, micro_usd bigint not null,
  primary key (owner, day, procedure),
  check (compute_us >= 0 and user_us >= 0 and micro_usd >= 0)
) with (fillfactor = 70);

create table accounts (owner text collate "C" primary key, plan text, blocked boolean not null);

create table tombstones (
  person text collate "C" not null, kind text collate "C" not null, "window" bigint not null,
  settled bigint not null check (settled >= 0), "limit" bigint not null, until_ms bigint not null,
  primary key (person, kind, "window")
);
create index tombstones_by_end on tombstones (until_ms);

create table switches (name text primary key, "on" boolean not null);
`;

/** What a run of that size took, and the date of its price. */
export const facts = `
alter table runs add column size bigint, add column wall_us bigint, add column price_as_of text;
`;

/** Which process does what must be done once. */
export const claims = `
create table claims (name text collate "C" primary key, holder text not null, until_ms bigint not null);
`;

/** What admins did: rows are added, and the database itself refuses anything else. */
export const acts = `
create table acts (
  place bigint generated always as identity primary key,
  at_ms bigint not null, admin text not null, what text not null, target text, detail text not null
);
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'acts are only added';
end $$;
create trigger acts_are_kept before update or delete or truncate on acts for each statement execute function refuse_change();
create index usage_by_day on usage (day, owner);
`;
