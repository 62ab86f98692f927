-- Instruments, trades, the coverage ledger and the offsets of the transactional consumers.

create table market.source (
    only_row   boolean primary key default true check (only_row),
    market     text not null,
    venue      text not null,
    recording  text not null,
    clock      text not null,
    since      timestamptz not null default now()
);

create table market.instruments (
    instrument_id integer generated always as identity primary key,
    venue         text not null,
    symbol        text not null,
    -- The highest trade id stored or void: ids above it cannot be duplicates and take the COPY path.
    high_water    bigint not null default -1,
    unique (venue, symbol)
);

-- Partitioned by UTC day of the trade time; partitions are made by the writer for every day that a batch touches, each
-- with a unique index (instrument_id, trade_id) and a BRIN index on trade_time.
create table market.trades (
    instrument_id  integer not null,
    trade_id       bigint not null,
    last_trade_id  bigint not null,
    price          numeric not null,
    quantity       numeric not null,
    trade_time     timestamptz not null,
    event_time     timestamptz not null,
    received_time  timestamptz not null,
    is_buyer_maker boolean not null,
    origin         smallint not null
) partition by range (trade_time);

create table market.stream_offsets (
    consumer      text not null,
    topic         text not null,
    partition     integer not null,
    topic_id      text not null,
    next_offset   bigint not null,
    -- The key and trade id of the last record applied: a log that has another record there is another log.
    last_trade_id bigint,
    updated_at    timestamptz not null default now(),
    primary key (consumer, topic, partition)
);

-- The ledger: contiguous ids that are stored or void, one row per range, never overlapping or touching.
create table market.coverage_ranges (
    instrument_id integer not null references market.instruments,
    first_id      bigint not null,
    last_id       bigint not null check (last_id >= first_id),
    primary key (instrument_id, first_id)
);

-- Ids inside coverage_ranges that are no trades.
create table market.coverage_voids (
    instrument_id integer not null references market.instruments,
    first_id      bigint not null,
    last_id       bigint not null check (last_id >= first_id),
    reason        text not null,
    primary key (instrument_id, first_id)
);

create table market.coverage_gaps (
    gap_id        bigint generated always as identity primary key,
    instrument_id integer not null references market.instruments,
    first_id      bigint not null,
    last_id       bigint not null check (last_id >= first_id),
    reason        text not null,
    state         text not null check (state in ('open', 'repaired', 'refused')),
    detected_at   timestamptz not null,
    repaired_at   timestamptz,
    unique (instrument_id, first_id, last_id)
);

create view market.crypto_prices as
    select i.symbol, t.price, t.trade_time as event_time, t.received_time as processed_at
    from market.trades t join market.instruments i using (instrument_id);
