-- How many ids are stored only as part of an aggregate, told without reading all trades: a partial index on each day, which
-- stays empty where single trades are stored.

create or replace function market.ensure_trades_day(day date) returns boolean
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    name  text := 'trades_' || to_char(day, 'YYYYMMDD');
    start timestamptz := day::timestamp at time zone 'UTC';
begin
    if to_regclass('market.' || name) is not null then return false; end if;
    -- Two writers may meet the new day in the same moment; to_regclass would answer the second from its cache.
    perform pg_advisory_xact_lock(hashtext('market.trades'));
    if exists (select from pg_class where relname = name and relnamespace = 'market'::regnamespace) then return false; end if;
    execute format('create table market.%I (like market.trades including all)', name);
    execute format('create unique index %I on market.%I (instrument_id, trade_id)', name || '_id', name);
    execute format('create index %I on market.%I using brin (trade_time) with (autosummarize = on)', name || '_time', name);
    execute format('create index %I on market.%I (instrument_id, trade_id, last_trade_id) where last_trade_id > trade_id',
                   name || '_aggregates', name);
    -- Attaching lets readers and other writers go on; "create table ... partition of" would wait for all of them.
    execute format('alter table market.trades attach partition market.%I for values from (%L) to (%L)',
                   name, start, start + interval '24 hours');
    return true;
end $$;

do $$
declare
    partition text;
begin
    for partition in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'market.trades'::regclass
    loop
        execute format('create index if not exists %I on market.%I (instrument_id, trade_id, last_trade_id) where last_trade_id > trade_id',
                       partition || '_aggregates', partition);
    end loop;
end $$;

create view market.coverage_aggregated as
    select instrument_id, sum(last_trade_id - trade_id + 1)::bigint as aggregated
    from market.trades where last_trade_id > trade_id group by instrument_id;

do $$
begin
    if exists (select from pg_roles where rolname = 'crypto_reader') then grant select on market.coverage_aggregated to crypto_reader; end if;
end $$;
