-- The slow feeds: 24-hour tickers, CoinGecko's prices, sentiment indices, news, and how fresh each source is.

-- What a source promises and when it last kept the promise; one row per source, written by the poller.
create table market.feeds (
    feed              text primary key,
    topic             text not null,
    expected_every    interval not null,
    stale_after       interval not null,
    last_success_at   timestamptz,
    last_event_at     timestamptz,
    last_failure_at   timestamptz,
    last_failure      text,
    updated_at        timestamptz not null default now()
);

create table market.tickers (
    symbol               text not null,
    source               text not null,
    timestamp_utc        timestamptz not null,
    last_price           numeric not null,
    price_change_percent numeric not null,
    volume               numeric not null,
    stored_at            timestamptz not null default now(),
    primary key (symbol, source, timestamp_utc)
);

-- A row of CoinGecko's /coins/markets. Some numbers exceed what most languages' decimals hold; numeric holds them.
create table market.coin_prices (
    coin_id       text not null,
    vs_currency   text not null,
    ts_event      timestamptz not null,
    symbol        text not null,
    name          text not null,
    current_price numeric not null,
    market_cap_rank integer,
    market_cap numeric,
    fully_diluted_valuation numeric,
    total_volume numeric,
    high_24h numeric,
    low_24h numeric,
    price_change_24h numeric,
    price_change_percentage_24h numeric,
    market_cap_change_24h numeric,
    market_cap_change_percentage_24h numeric,
    circulating_supply numeric,
    total_supply numeric,
    max_supply numeric,
    ath numeric,
    ath_change_percentage numeric,
    atl numeric,
    atl_change_percentage numeric,
    ath_date      timestamptz,
    atl_date      timestamptz,
    stored_at     timestamptz not null default now(),
    primary key (coin_id, vs_currency, ts_event)
);

-- The value of a day may still change while the day lasts; the latest stands.
create table market.sentiment (
    index_name     text not null,
    timestamp_utc  timestamptz not null,
    value          integer not null check (value between 0 and 100),
    classification text not null,
    source         text not null,
    stored_at      timestamptz not null default now(),
    primary key (index_name, timestamp_utc)
);

create table market.news (
    item_id      text primary key,
    source       text not null,
    title        text not null,
    link         text,
    published_at timestamptz not null,
    creators     text[] not null,
    categories   text[] not null,
    stored_at    timestamptz not null default now()
);

create index news_published on market.news (published_at desc);
