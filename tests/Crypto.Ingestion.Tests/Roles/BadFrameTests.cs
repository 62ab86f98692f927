using System.Text;
using Crypto.Contracts;
using Crypto.Ingestion.Frames;
using Crypto.Ingestion.Options;
using Crypto.Ingestion.Publishing;
using Crypto.Ingestion.Repair;
using Crypto.Ingestion.Sequencing;
using Crypto.Kafka;
using Crypto.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Ingestion.Tests.Roles;

public sealed class BadFrameTests
{
    [Fact]
    public async Task Bad_frames_go_to_the_dead_letters_with_their_bytes_and_the_stream_goes_on()
    {
        await using var broker = await TestBroker.StartAsync();
        using var producer = KafkaClients.BuildProducer(new KafkaOptions { BootstrapServers = broker.BootstrapServers }, NullLoggerFactory.Instance);
        var (intake, symbols, _) = Intake(producer);
        string[] bad =
        [
            "nonsense",
            Frame(101, price: "0"),
            Frame(102, price: "-5"),
            Frame(103, quantity: "0.0"),
            Frame(104).Replace("\"m\":true,", "", StringComparison.Ordinal),
            Frame(105, symbol: "DOGEUSDT"),
            Frame(106 + TradeSequence.PlausibleJumpMax),
        ];
        var scratch = new byte[intake.ScratchLength];

        foreach (var frame in (string[])[Frame(100), .. bad, Frame(107)])
            await intake.AcceptAsync(Encoding.UTF8.GetBytes(frame), scratch, "ws://test", default);

        var letters = DeadLetterReader.Take(broker, Topics.DeadLetters(Topics.Trades), bad.Length);
        Assert.Equal(bad, letters.Select(letter => Encoding.UTF8.GetString(letter.Message.Value)));
        Assert.All(letters, letter => Assert.Equal("ingestion ws://test", Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(DeadLetters.StageHeader))));
        Assert.Contains("no JSON", Encoding.UTF8.GetString(letters[0].Message.Headers.GetLastBytes(DeadLetters.ReasonHeader)));
        Assert.Equal(107, symbols.All[0].Sequence.Newest);
        Assert.Equal(6, symbols.All[0].Sequence.MissingCount);
    }

    [Fact]
    public async Task A_zero_price_frame_leaves_a_void_so_that_the_ledger_stays_whole()
    {
        await using var broker = await TestBroker.StartAsync(options => options.DefaultPartitions = 1);
        using var producer = KafkaClients.BuildProducer(new KafkaOptions { BootstrapServers = broker.BootstrapServers }, NullLoggerFactory.Instance);
        var (intake, symbols, repairs) = Intake(producer);
        var scratch = new byte[intake.ScratchLength];
        var zero = Frame(101, price: "0", quantity: "0").Replace("\"m\":true", "\"X\":\"NA\",\"m\":true", StringComparison.Ordinal);

        foreach (var frame in (string[])[Frame(100), zero, zero, Frame(102)])
            await intake.AcceptAsync(Encoding.UTF8.GetBytes(frame), scratch, "ws://test", default);

        var coverage = CoverageJson.Read(DeadLetterReader.First(broker, Topics.Coverage).Message.Value);
        Assert.Equal((CoverageKind.Void, 101, 101, "zero price"), (coverage.Kind, coverage.FirstTradeId, coverage.LastTradeId, coverage.Reason));
        Assert.Single(DeadLetterReader.Take(broker, Topics.DeadLetters(Topics.Trades), 1));
        Assert.Equal(0, symbols.All[0].Sequence.MissingCount);
        Assert.Empty(repairs.TakeAll(symbols.All[0]));
    }

    [Fact]
    public async Task An_unknown_kind_with_a_real_price_is_a_trade()
    {
        await using var broker = await TestBroker.StartAsync(options => options.DefaultPartitions = 1);
        using var producer = KafkaClients.BuildProducer(new KafkaOptions { BootstrapServers = broker.BootstrapServers }, NullLoggerFactory.Instance);
        var (intake, _, _) = Intake(producer);
        var insurance = Frame(100).Replace("\"m\":true", "\"X\":\"INSURANCE_FUND\",\"m\":true", StringComparison.Ordinal);

        await intake.AcceptAsync(Encoding.UTF8.GetBytes(insurance), new byte[intake.ScratchLength], "ws://test", default);

        Assert.True(TradeJson.TryRead(DeadLetterReader.First(broker, Topics.Trades).Message.Value, new InstrumentCache(), out var trade, out _));
        Assert.Equal((100, 61685.99000000m), (trade.TradeId, trade.Price));
    }

    private static (FrameIntake Intake, SymbolTable Symbols, RepairQueue Repairs) Intake(Confluent.Kafka.IProducer<byte[], byte[]> producer)
    {
        var symbols = new SymbolTable([new Instrument(Venues.Binance, "BTCUSDT")]);
        var repairs = new RepairQueue();
        var publisher = new TradePublisher(producer, Microsoft.Extensions.Options.Options.Create(new IngestionOptions()), NullLogger<TradePublisher>.Instance);
        var reporter = new CoverageReporter(publisher, TimeProvider.System, NullLogger<CoverageReporter>.Instance);
        return (new FrameIntake(symbols, publisher, new DeadLetters(producer, NullLogger<DeadLetters>.Instance), reporter, repairs,
            TimeProvider.System, NullLogger<FrameIntake>.Instance), symbols, repairs);
    }

    private static string Frame(long id, string price = "61685.99000000", string quantity = "0.00017000", string symbol = "BTCUSDT") =>
        $$$"""{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161601438,"s":"{{{symbol}}}","t":{{{id}}},"p":"{{{price}}}","q":"{{{quantity}}}","T":1723161601437,"m":true,"M":true}}""";
}
