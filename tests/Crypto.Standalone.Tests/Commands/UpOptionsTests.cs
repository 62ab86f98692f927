using Crypto.Contracts;
using Crypto.Standalone.Commands;
using Crypto.Standalone.Hosting;
using Crypto.Testing;

namespace Crypto.Standalone.Tests.Commands;

/// <summary>What <c>crypto up</c> makes of a command line that is right.</summary>
public sealed class UpOptionsTests
{
    private static readonly string Recording = TestData.PathOf(TestData.SpotBtcusdt);

    [Fact]
    public void Without_options_the_sample_plays_in_a_loop_at_the_present_time()
    {
        var options = Read();

        Assert.True(options.Recorded);
        Assert.Empty(options.Recordings);
        Assert.Equal((1.0, MarketClock.Now, true), (options.Speed, options.Clock, options.Loop));
        Assert.Equal((Venues.Binance, Roles.All), (options.Venue, options.Roles));
        Assert.Empty(options.Symbols);
        Assert.Null(options.Scenario);
    }

    [Fact]
    public void Without_options_everything_runs_in_this_process_on_the_documented_ports()
    {
        var options = Read();

        Assert.Equal((8080, 8081, 9092, 8082, 5433),
            (options.HttpPort, options.GrpcPort, options.KafkaPort, options.MarketPort, options.PostgresPort));
        Assert.True(options is { RunsMarket: true, RunsKafka: true, RunsPostgres: true });
        Assert.Equal((null, null, null), (options.KafkaBootstrap, options.MarketUrl, options.Postgres));
    }

    [Fact]
    public void Without_options_a_gap_is_repaired_two_hours_back_and_the_system_flushes_the_log()
    {
        var options = Read();

        Assert.Equal(TimeSpan.FromHours(2), options.RepairMax);
        Assert.False(options.KafkaFlushAlways);
        Assert.Empty(options.Settings);
    }

    [Fact]
    public void A_recording_plays_once_with_the_time_it_was_made_at()
    {
        var options = Read("--recording", Recording);

        Assert.Equal([Recording], options.Recordings);
        Assert.Equal((MarketClock.Original, false), (options.Clock, options.Loop));
    }

    [Fact]
    public void A_recording_loops_where_that_is_asked_for() => Assert.True(Read("--recording", Recording, "--loop").Loop);

    [Fact]
    public void The_sample_with_its_original_clock_plays_once()
    {
        var options = Read("--clock", "original");

        Assert.Equal((MarketClock.Original, false), (options.Clock, options.Loop));
    }

    [Fact]
    public void Several_recordings_keep_their_order_and_become_full_paths()
    {
        var second = TestData.PathOf(TestData.SpotEthusdt);

        var options = Read("--recording", Path.GetRelativePath(Environment.CurrentDirectory, Recording), "--recording", second);

        Assert.Equal([Recording, second], options.Recordings);
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("10", 10)]
    [InlineData("0.25", 0.25)]
    [InlineData("max", double.PositiveInfinity)]
    public void A_speed_is_a_factor_or_max(string text, double speed) =>
        Assert.Equal(speed, Read("--recording", Recording, "--speed", text).Speed);

    [Fact]
    public void A_live_market_has_the_present_time_no_loop_and_no_recorded_exchange()
    {
        var options = Read("--market", "live");

        Assert.False(options.Recorded);
        Assert.Equal((MarketClock.Now, false), (options.Clock, options.Loop));
        Assert.False(options.RunsMarket);
        Assert.True(options.RunsKafka);
    }

    [Fact]
    public void Symbols_are_upper_case_and_may_name_their_venue()
    {
        var options = Read("--venue", "binance-usdm", "--symbols", " btcusdt, binance-usdm:EthUsdt ,,");

        Assert.Equal(["BTCUSDT", "ETHUSDT"], options.Symbols);
    }

    [Theory]
    [InlineData("storage", Roles.Storage)]
    [InlineData("Kafka, POSTGRES", Roles.Kafka | Roles.Postgres)]
    [InlineData("query,query", Roles.Query)]
    [InlineData("market,kafka,postgres,ingestion,storage,aggregation,query", Roles.All)]
    public void Roles_are_named_in_any_case(string text, object roles) => Assert.Equal((Roles)roles, Read("--roles", text).Roles);

    [Fact]
    public void What_is_elsewhere_does_not_run_here()
    {
        var options = Read(
            "--kafka-bootstrap", "broker:9092", "--market-url", "https://exchange.example/", "--postgres", "Host=db");

        Assert.Equal(("broker:9092", "https://exchange.example/", "Host=db"), (options.KafkaBootstrap, options.MarketUrl, options.Postgres));
        Assert.False(options.RunsKafka || options.RunsMarket || options.RunsPostgres);
    }

    [Fact]
    public void What_is_no_role_of_this_process_does_not_run_here()
    {
        var options = Read("--roles", "storage,query");

        Assert.False(options.RunsKafka || options.RunsMarket || options.RunsPostgres);
        Assert.True(options.Has(Roles.Services));
        Assert.False(options.Has(Roles.Ingestion));
    }

    [Fact]
    public void Ports_may_be_chosen_and_zero_closes_an_api()
    {
        var options = Read("--http", "0", "--grpc", "0", "--kafka", "19092", "--market-port", "18082", "--postgres-port", "65535");

        Assert.Equal((0, 0, 19092, 18082, 65535),
            (options.HttpPort, options.GrpcPort, options.KafkaPort, options.MarketPort, options.PostgresPort));
    }

    [Fact]
    public void The_dashboard_is_shown_where_it_is_asked_for()
    {
        Assert.Null(Read().DashboardPort);
        Assert.Null(Read("--dashboard-port", "19000").DashboardPort);
        Assert.Equal(18888, Read("--dashboard").DashboardPort);
        Assert.Equal(19000, Read("--dashboard", "--dashboard-port", "19000").DashboardPort);
    }

    [Fact]
    public void A_setting_keeps_what_follows_its_first_equals_sign_and_the_last_one_wins()
    {
        var options = Read("--set", "Kafka:Client:sasl.password=a=b", "--set", "Storage:MaxBatch=1", "--set", "storage:maxbatch=2", "--set", "Empty=");

        Assert.Equal("a=b", options.Settings["Kafka:Client:sasl.password"]);
        Assert.Equal("2", options.Settings["Storage:MaxBatch"]);
        Assert.Equal("", options.Settings["empty"]);
        Assert.Equal(3, options.Settings.Count);
    }

    [Fact]
    public void An_option_and_its_value_may_be_joined_by_an_equals_sign()
    {
        var options = Read("--speed=max", "--clock=original", "--http=9000", "--repair-max=15m", "--kafka-flush=always", "--set=Storage:MaxBatch=5000");

        Assert.Equal((double.PositiveInfinity, 9000, TimeSpan.FromMinutes(15), true),
            (options.Speed, options.HttpPort, options.RepairMax, options.KafkaFlushAlways));
        Assert.Equal("5000", options.Settings["Storage:MaxBatch"]);
    }

    [Fact]
    public void The_data_folder_is_a_full_path_and_has_a_default()
    {
        Assert.Equal(Path.Combine(Environment.CurrentDirectory, "mine"), Read("--data", "mine").DataFolder);
        Assert.Equal(DataFolder.Default, Read().DataFolder);
    }

    [Fact]
    public void A_scenario_is_passed_on_as_it_was_written() => Assert.Equal("7", Read("--scenario", "7").Scenario);

    private static UpOptions Read(params string[] arguments) => CommandLine.Up(arguments);
}
