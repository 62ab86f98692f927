-- Two roles to grant to login users: crypto_writer (ingestion, storage, aggregation) and crypto_reader (query, dashboards).
-- Roles belong to the whole server. Where this user may not make them, they are left out and the owner does it all.
do $$
declare
    role text;
begin
    foreach role in array array['crypto_writer', 'crypto_reader'] loop
        begin
            if not exists (select from pg_roles where rolname = role) then execute format('create role %I nologin', role); end if;
        exception
            when duplicate_object or unique_violation then null; -- Another database of this server was faster.
            when insufficient_privilege then raise notice 'role % is not made: no right to', role;
        end;
    end loop;
    revoke execute on function market.ensure_trades_day(date), market.drop_trades_before(date) from public;
    if exists (select from pg_roles where rolname = 'crypto_writer') then
        grant usage on schema market to crypto_writer;
        grant select, insert, update, delete on all tables in schema market to crypto_writer;
        grant usage on all sequences in schema market to crypto_writer;
        alter default privileges in schema market grant select, insert, update, delete on tables to crypto_writer;
        alter default privileges in schema market grant usage on sequences to crypto_writer;
        grant execute on function market.ensure_trades_day(date), market.drop_trades_before(date) to crypto_writer;
        revoke insert, update, delete on market.schema_migrations from crypto_writer;
    end if;
    if exists (select from pg_roles where rolname = 'crypto_reader') then
        grant usage on schema market to crypto_reader;
        grant select on all tables in schema market to crypto_reader;
        alter default privileges in schema market grant select on tables to crypto_reader;
    end if;
end $$;
