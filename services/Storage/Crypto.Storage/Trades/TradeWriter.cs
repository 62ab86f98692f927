using System.Runtime.InteropServices;
using Crypto.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace Crypto.Storage.Trades;

/// <summary>Writes rows of <c>market.trades</c>: new ids by binary COPY, possibly present ones by INSERT.</summary>
internal static class TradeWriter
{
    private const string Columns =
        "instrument_id, trade_id, last_trade_id, price, quantity, trade_time, event_time, received_time, is_buyer_maker, origin";

    /// <summary>The fast path. A row that is there already fails it with <see cref="PostgresErrorCodes.UniqueViolation"/>.</summary>
    public static async Task CopyAsync(NpgsqlConnection connection, List<TradeRow> rows, CancellationToken cancellation)
    {
        await using var copy = await connection
            .BeginBinaryImportAsync($"copy market.trades ({Columns}) from stdin (format binary)", cancellation).ConfigureAwait(false);
        WriteAll(copy, CollectionsMarshal.AsSpan(rows));
        await copy.CompleteAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>The safe path: what is there already stays as it is.</summary>
    public static void Insert(NpgsqlBatch batch, IReadOnlyList<TradeRow> rows)
    {
        var command = new NpgsqlBatchCommand(
            $"insert into market.trades ({Columns}) select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing");
        command.Parameters.AddWithValue(rows.Select(row => row.InstrumentId).ToArray());
        command.Parameters.AddWithValue(rows.Select(row => row.Trade.TradeId).ToArray());
        command.Parameters.AddWithValue(rows.Select(row => row.Trade.LastTradeId).ToArray());
        command.Parameters.AddWithValue(rows.Select(row => row.Trade.Price).ToArray());
        command.Parameters.AddWithValue(rows.Select(row => row.Trade.Quantity).ToArray());
        command.Parameters.AddWithValue(rows.Select(row => UnixTime.ToDateTime(row.Trade.TradeTimeUs)).ToArray());
        command.Parameters.AddWithValue(rows.Select(row => UnixTime.ToDateTime(row.Trade.EventTimeUs)).ToArray());
        command.Parameters.AddWithValue(rows.Select(row => UnixTime.ToDateTime(row.Trade.ReceivedTimeUs)).ToArray());
        command.Parameters.AddWithValue(rows.Select(row => row.Trade.IsBuyerMaker).ToArray());
        command.Parameters.AddWithValue(rows.Select(row => (short)row.Trade.Origin).ToArray());
        batch.BatchCommands.Add(command);
    }

    private static void WriteAll(NpgsqlBinaryImporter copy, ReadOnlySpan<TradeRow> rows)
    {
        foreach (ref readonly var row in rows) Write(copy, row);
    }

    private static void Write(NpgsqlBinaryImporter copy, in TradeRow row)
    {
        ref readonly var trade = ref row.Trade;
        copy.StartRow();
        copy.Write(row.InstrumentId, NpgsqlDbType.Integer);
        copy.Write(trade.TradeId, NpgsqlDbType.Bigint);
        copy.Write(trade.LastTradeId, NpgsqlDbType.Bigint);
        copy.Write(trade.Price, NpgsqlDbType.Numeric);
        copy.Write(trade.Quantity, NpgsqlDbType.Numeric);
        copy.Write(UnixTime.ToDateTime(trade.TradeTimeUs), NpgsqlDbType.TimestampTz);
        copy.Write(UnixTime.ToDateTime(trade.EventTimeUs), NpgsqlDbType.TimestampTz);
        copy.Write(UnixTime.ToDateTime(trade.ReceivedTimeUs), NpgsqlDbType.TimestampTz);
        copy.Write(trade.IsBuyerMaker, NpgsqlDbType.Boolean);
        copy.Write((short)trade.Origin, NpgsqlDbType.Smallint);
    }
}

/// <summary>A trade with its instrument's id.</summary>
internal readonly struct TradeRow(int instrumentId, in Trade trade)
{
    public readonly int InstrumentId = instrumentId;
    public readonly Trade Trade = trade;
}
