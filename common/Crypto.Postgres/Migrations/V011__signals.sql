-- Indicators are published to crypto.signals: each row knows the version of the candle that it was computed from, so that a
-- candle which changed while nobody looked is found at the next start, and whether it is known to be in the topic.
alter table market.indicators
    add column candle_version bigint not null default 0,
    add column anomalies      jsonb not null default '[]',
    add column published      boolean not null default true;

create index indicators_unpublished on market.indicators (instrument_id, interval_s, open_time) where not published;

-- A first candle that began before the data did, where the settings ask to leave it out: it is kept, since the trades before
-- it may still come, but neither served nor published.
alter table market.candles add column skipped boolean not null default false;
