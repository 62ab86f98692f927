-- Candles and the aggregation's own record of which trades it has folded.

create table market.candles (
    instrument_id          integer not null references market.instruments,
    interval_s             integer not null,
    open_time              timestamptz not null,
    open                   numeric not null,
    high                   numeric not null,
    low                    numeric not null,
    close                  numeric not null,
    volume                 numeric not null,
    quote_volume           numeric not null,
    trade_count            bigint not null,
    taker_buy_volume       numeric not null,
    taker_buy_quote_volume numeric not null,
    first_trade_id         bigint,
    last_trade_id          bigint,
    state                  smallint not null, -- 0 live, 1 closed, 2 final
    revision               integer not null,
    version                bigint not null,
    complete               boolean not null,
    -- The highest version that is known to be in crypto.candles.
    published_version      bigint not null default 0,
    updated_at             timestamptz not null default now(),
    primary key (instrument_id, interval_s, open_time)
);

create index candles_unpublished on market.candles (instrument_id) where published_version < version;
create index candles_not_final on market.candles (instrument_id, interval_s) where state < 2;

-- Every settled state that a candle had before its present one.
create table market.candle_revisions (
    instrument_id integer not null,
    interval_s    integer not null,
    open_time     timestamptz not null,
    revision      integer not null,
    replaced_at   timestamptz not null default now(),
    candle        jsonb not null,
    primary key (instrument_id, interval_s, open_time, revision)
);

-- Ids that the aggregation has folded (or knows to be void), contiguous, never overlapping or touching.
create table market.aggregated_ranges (
    instrument_id integer not null references market.instruments,
    first_id      bigint not null,
    last_id       bigint not null check (last_id >= first_id),
    primary key (instrument_id, first_id)
);
