-- Candles of a length that was turned on when longer ones were there already: they begin at this time, as the trades before it were
-- folded without them. Longer ones that are turned on are folded from the shorter ones, and have no row here.
create table market.interval_starts (
    instrument_id integer not null references market.instruments,
    interval_s    integer not null,
    since         timestamptz not null,
    primary key (instrument_id, interval_s)
);

-- The candle lengths that the trades of the instrument were folded into when it was loaded last; null: those that have candles.
alter table market.aggregated_instruments add column intervals integer[];
