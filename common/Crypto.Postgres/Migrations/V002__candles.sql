-- Candles and the aggregation's own record of which trades it has folded. The rows are its state: after any stop it goes on
-- from them, so whatever it needs to know of a candle is a column here.

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
    -- The last trade id; in a flat candle that of the newest candle with trades before it.
    anchor_id              bigint not null default -1,
    -- Market time of the last trade that changed it: an incomplete candle waits the allowed lateness from here.
    touched_time           timestamptz not null default 'epoch',
    -- Not final, or its last version is not known to be in crypto.candles. One flag and one index, because an update that
    -- changes no indexed column stays on its page (HOT), and a live candle is updated many times a second.
    pending                boolean not null default true,
    primary key (instrument_id, interval_s, open_time)
) with (fillfactor = 70);

create index candles_pending on market.candles (instrument_id, interval_s, open_time) where pending;
create index candles_incomplete on market.candles (instrument_id, interval_s) where not complete;

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

-- One row per instrument that was ever folded. The sequence rises with every transaction that touches the instrument and
-- is compared and set by it: whoever works from outdated memory fails.
create table market.aggregated_instruments (
    instrument_id     integer primary key references market.instruments,
    partition         integer not null,
    sequence          bigint not null,
    newest_trade_time timestamptz not null,
    newest_event_time timestamptz not null
);

-- Settled candles that got trades since; each is computed anew when the store's ledger holds all of its trades.
create table market.candle_recomputations (
    instrument_id integer not null references market.instruments,
    interval_s    integer not null,
    open_time     timestamptz not null,
    first_id      bigint not null,
    last_id       bigint not null check (last_id >= first_id),
    queued_at     timestamptz not null default now(),
    primary key (instrument_id, interval_s, open_time)
);
