using System.Text.Json;
using Crypto.Contracts;
using Crypto.Ingestion.Frames;

namespace Crypto.Ingestion.Exchange;

/// <summary>A trade, or an aggregate of trades <c>Id</c> to <c>LastId</c>, as REST gives it.</summary>
/// <param name="Id">Id of the (first) trade.</param>
/// <param name="LastId">Id of the last trade; equal to <paramref name="Id"/> for a single one.</param>
/// <param name="Price">The exchange's own digits.</param>
/// <param name="Quantity">The exchange's own digits.</param>
/// <param name="TimeUs">Trade time, microseconds since the Unix epoch.</param>
/// <param name="IsBuyerMaker">True where the taker sold.</param>
public sealed record RestTrade(long Id, long LastId, byte[] Price, byte[] Quantity, long TimeUs, bool IsBuyerMaker)
{
    /// <summary>The aggregate's own id, by which aggregates are asked for; -1 for a single trade.</summary>
    public long AggregateId { get; init; } = -1;

    /// <summary>False for a row that has an id but no price: no trade.</summary>
    public bool IsTrade => DecimalText.IsPositive(Price) && DecimalText.IsPositive(Quantity);

    /// <summary>Reads the answer of <c>trades</c> and <c>historicalTrades</c>.</summary>
    /// <exception cref="JsonException">It is no such answer.</exception>
    public static RestTrade[] ReadTrades(ReadOnlyMemory<byte> json) =>
        ReadRows(json, row => Row(row, row.GetProperty("id").GetInt64(), row.GetProperty("id").GetInt64(),
            "price", "qty", "time", "isBuyerMaker"));

    /// <summary>Reads the answer of <c>aggTrades</c>.</summary>
    /// <exception cref="JsonException">It is no such answer.</exception>
    public static RestTrade[] ReadAggregates(ReadOnlyMemory<byte> json) =>
        ReadRows(json, row => Row(row, row.GetProperty("f").GetInt64(), row.GetProperty("l").GetInt64(), "p", "q", "T", "m") with
        {
            AggregateId = row.GetProperty("a").GetInt64(),
        });

    private static RestTrade[] ReadRows(ReadOnlyMemory<byte> json, Func<JsonElement, RestTrade> read)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Array) throw new JsonException("the answer is no list of trades");
        try
        {
            return [.. document.RootElement.EnumerateArray().Select(read)];
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new JsonException($"a trade lacks a field: {e.Message}", e);
        }
    }

    private static RestTrade Row(
        JsonElement row, long id, long lastId, string price, string quantity, string time, string isBuyerMaker)
    {
        if (id < 0 || lastId < id) throw new JsonException($"trade ids {id} to {lastId} are no range");
        if (!ExchangeTime.TryToMicroseconds(row.GetProperty(time).GetInt64(), out var timeUs))
            throw new JsonException($"trade {id} has no usable time");
        return new RestTrade(id, lastId, Text(row, price), Text(row, quantity), timeUs, row.GetProperty(isBuyerMaker).GetBoolean());
    }

    private static byte[] Text(JsonElement row, string name) =>
        System.Text.Encoding.UTF8.GetBytes(row.GetProperty(name).GetString() ?? "");
}
