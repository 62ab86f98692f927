using Crypto.Testing;
using Xunit;

namespace Crypto.Postgres.Tests;

/// <summary>A database of every earlier version, with data in it, comes to the same schema as a new one.</summary>
public sealed class UpgradeTests
{
    // Everything that could differ: columns, constraints, indexes, views, functions, and who may do what.
    private const string Shape = """
        select format('column %s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default)
            from information_schema.columns where table_schema = 'market'
        union all
        select format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
            from pg_constraint where connamespace = 'market'::regnamespace
        union all
        select format('index %s', indexdef) from pg_indexes where schemaname = 'market'
        union all
        select format('view %s %s', viewname, definition) from pg_views where schemaname = 'market'
        union all
        select format('function %s %s %s', proname, prosrc, proacl) from pg_proc where pronamespace = 'market'::regnamespace
        union all
        select format('relation %s %s', relname, relacl) from pg_class where relnamespace = 'market'::regnamespace and relkind in ('r', 'v', 'p')
        order by 1
        """;

    public static TheoryData<int> Earlier => new(Enumerable.Range(1, Migration.All().Count - 1));

    [Theory]
    [MemberData(nameof(Earlier))]
    public async Task Data_of_an_earlier_version_are_kept_and_the_schema_becomes_the_present_one(int migrations)
    {
        await using var postgres = await TestPostgres.CreateEmptyAsync();
        await SchemaMigrator.MigrateAsync(postgres.DataSource, [.. Migration.All().Take(migrations)], default);
        await FillAsync(postgres);

        Assert.Equal(Migration.All().Count - migrations, await SchemaMigrator.MigrateAsync(postgres.DataSource, default));

        await using var fresh = await TestPostgres.CreateEmptyAsync();
        await SchemaMigrator.MigrateAsync(fresh.DataSource, default);
        await FillAsync(fresh);
        Assert.Equal(await Sql.ColumnAsync<string>(fresh.DataSource, Shape), await Sql.ColumnAsync<string>(postgres.DataSource, Shape));
        Assert.Equal("BTCUSDT 61685.99000000", await postgres.ScalarAsync<string>("select symbol || ' ' || price from market.crypto_prices"));
        Assert.Equal(3L, await postgres.ScalarAsync<long>("select sum(aggregated)::bigint from market.coverage_aggregated"));
    }

    // One aggregate trade in a day of its own, in whatever way the version at hand makes days.
    private static async Task FillAsync(TestPostgres postgres)
    {
        if (await postgres.ScalarAsync<bool>("select to_regproc('market.ensure_trades_day') is not null"))
            await postgres.ExecuteAsync("select market.ensure_trades_day('2024-08-09')");
        else
            await postgres.ExecuteAsync("""
                create table market.trades_20240809 (like market.trades including all);
                create unique index trades_20240809_id on market.trades_20240809 (instrument_id, trade_id);
                create index trades_20240809_time on market.trades_20240809 using brin (trade_time) with (autosummarize = on);
                alter table market.trades attach partition market.trades_20240809
                    for values from ('2024-08-09 00:00+00') to ('2024-08-10 00:00+00')
                """);
        await postgres.ExecuteAsync("""
            insert into market.instruments (venue, symbol) values ('binance', 'BTCUSDT');
            insert into market.trades
            select instrument_id, 7, 9, 61685.99000000, 0.1, '2024-08-09 00:00:01+00', '2024-08-09 00:00:01+00', now(), true, 0
            from market.instruments
            """);
    }
}
