using System.Runtime.InteropServices;
using Crypto.Contracts;
using Npgsql;

namespace Crypto.Storage.Trades;

/// <summary>Writes rows of <c>market.trades</c>: new ids by binary COPY, possibly present ones by INSERT.</summary>
internal static class TradeWriter
{
    private const string Columns =
        "instrument_id, trade_id, last_trade_id, price, quantity, trade_time, event_time, received_time, is_buyer_maker, origin";

    /// <summary>The fast path. A row that is there already fails it with <see cref="PostgresErrorCodes.UniqueViolation"/>.</summary>
    public static async Task CopyAsync(
        NpgsqlConnection connection, List<TradeRow> rows, BinaryRows buffer, CancellationToken cancellation)
    {
        await using var copy = await connection
            .BeginRawBinaryCopyAsync($"copy market.trades ({Columns}) from stdin (format binary)", cancellation).ConfigureAwait(false);
        try
        {
            buffer.Clear();
            buffer.Header();
            for (var next = 0; next < rows.Count;)
            {
                next = Encode(CollectionsMarshal.AsSpan(rows), next, buffer);
                if (next == rows.Count) buffer.Trailer();
                await copy.WriteAsync(buffer.Written, cancellation).ConfigureAwait(false);
                buffer.Clear();
            }
        }
        catch
        {
            // Disposing the stream would complete the copy; what failed half way is taken back.
            await copy.CancelAsync().ConfigureAwait(false);
            throw;
        }
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

    private static int Encode(ReadOnlySpan<TradeRow> rows, int next, BinaryRows buffer)
    {
        while (next < rows.Length && buffer.HasRoom) buffer.Row(rows[next++]);
        return next;
    }
}

/// <summary>A trade with its instrument's id.</summary>
internal readonly struct TradeRow(int instrumentId, in Trade trade)
{
    public readonly int InstrumentId = instrumentId;
    public readonly Trade Trade = trade;
}
