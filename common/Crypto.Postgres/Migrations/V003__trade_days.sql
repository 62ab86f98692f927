-- Day partitions of market.trades, made and dropped by whoever may execute these functions: the writer needs no
-- ownership of the table.

create function market.ensure_trades_day(day date) returns boolean
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
    -- Attaching lets readers and other writers go on; "create table ... partition of" would wait for all of them.
    execute format('alter table market.trades attach partition market.%I for values from (%L) to (%L)',
                   name, start, start + interval '24 hours');
    return true;
end $$;

-- Drops the days before the given one and returns how many there were. The ledger keeps their ids, so that a repeat of
-- an old trade is still a duplicate.
create function market.drop_trades_before(day date) returns integer
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    partition text;
    dropped   integer := 0;
begin
    perform pg_advisory_xact_lock(hashtext('market.trades'));
    for partition in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'market.trades'::regclass
          and c.relname ~ '^trades_\d{8}$' and substr(c.relname, 8) < to_char(day, 'YYYYMMDD')
    loop
        execute format('drop table market.%I', partition);
        dropped := dropped + 1;
    end loop;
    return dropped;
end $$;

-- Few gaps are ever open, while every batch asks whether it closed one.
create index coverage_gaps_unsettled on market.coverage_gaps (instrument_id, first_id) where state <> 'repaired';
