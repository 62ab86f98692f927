-- What the aggregation role computes from its candles, for whoever asks: averages, indicators, alerts, forecasts and the
-- comparison with the exchange's own candles. All of it can be computed again from market.candles.

-- One row for each closed minute: its average price (volume-weighted; in a flat minute the price that holds), and simple and
-- exponential moving averages of the closes over 5, 15 and 60 minutes, null until there are as many.
create table market.moving_averages (
    instrument_id integer not null references market.instruments,
    symbol        text not null,
    start_time    timestamptz not null,
    end_time      timestamptz not null,
    average       numeric not null,
    sma_5         double precision,
    sma_15        double precision,
    sma_60        double precision,
    ema_5         double precision,
    ema_15        double precision,
    ema_60        double precision,
    candle_version bigint not null,
    primary key (instrument_id, start_time)
);

-- Formulas and warm-up: docs/candles.md.
create table market.indicators (
    instrument_id       integer not null references market.instruments,
    interval_s          integer not null,
    open_time           timestamptz not null,
    log_return          double precision,
    rsi_14              double precision,
    macd                double precision,
    macd_signal         double precision,
    macd_histogram      double precision,
    bollinger_middle    double precision,
    bollinger_upper     double precision,
    bollinger_lower     double precision,
    atr_14              double precision,
    realised_volatility double precision,
    primary key (instrument_id, interval_s, open_time)
);

create table market.alerts (
    alert_id      bigint generated always as identity primary key,
    instrument_id integer references market.instruments,
    symbol        text not null,
    kind          text not null,
    severity      text not null check (severity in ('info', 'warning', 'critical')),
    message       text not null,
    evidence      jsonb not null,
    -- Market time of what was seen, and wall time of the alert.
    market_time   timestamptz not null,
    raised_at     timestamptz not null default now(),
    -- The same sighting is never told twice, whoever sees it.
    sighting      text not null unique,
    published     boolean not null default false
);

create index alerts_newest on market.alerts (raised_at desc);
create index alerts_unpublished on market.alerts (alert_id) where not published;

-- The forecast for the interval that begins at open_time, made when the one before it closed.
create table market.forecasts (
    instrument_id   integer not null references market.instruments,
    interval_s      integer not null,
    open_time       timestamptz not null,
    method          text not null,
    volatility      double precision not null, -- standard deviation of the log return
    range_low       double precision not null, -- price band that holds the close 19 times of 20, if returns were normal
    range_high      double precision not null,
    primary key (instrument_id, interval_s, open_time)
);

-- How the method did on the stored candles, beside the naive forecast that the next return is as large as the last.
create table market.forecast_scores (
    instrument_id  integer not null references market.instruments,
    interval_s     integer not null,
    method         text not null,
    samples        integer not null,
    loss           double precision not null, -- QLIKE, lower is better
    naive_loss     double precision not null,
    mean_absolute_error       double precision not null,
    naive_mean_absolute_error double precision not null,
    band_coverage  double precision not null, -- share of closes inside the band
    updated_at     timestamptz not null default now(),
    primary key (instrument_id, interval_s)
);

-- The newest comparison with the exchange's own candles.
create table market.reconciliations (
    instrument_id integer not null references market.instruments,
    interval_s    integer not null,
    from_time     timestamptz not null,
    to_time       timestamptz not null,
    compared      integer not null,
    equal         integer not null,
    not_covered   integer not null,
    score         double precision not null,
    differences   jsonb not null,
    checked_at    timestamptz not null default now(),
    primary key (instrument_id, interval_s)
);
