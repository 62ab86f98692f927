using System.Globalization;
using System.Text.Json;
using Crypto.Contracts;
using Crypto.MarketReplay.Tapes;
using Microsoft.AspNetCore.Http;

namespace Crypto.MarketReplay.Rest;

/// <summary>The parameters of a request, checked as Binance checks them.</summary>
internal sealed class RestQuery(HttpContext context, Tape tape, bool usdm)
{
    // A time of more digits than milliseconds need is in microseconds.
    private const long LeastMicroseconds = 100_000_000_000_000;

    private readonly IQueryCollection _query = context.Request.Query;

    /// <summary>True where the client asks for microseconds by header.</summary>
    public bool InMicroseconds { get; } =
        context.Request.Headers["X-MBX-TIME-UNIT"].ToString().Equals("MICROSECOND", StringComparison.OrdinalIgnoreCase);

    /// <summary>A time as the client wants it: milliseconds unless it asked for microseconds.</summary>
    public long Time(long us) => InMicroseconds ? us : us / 1000;

    public bool Has(string name) => !string.IsNullOrEmpty(_query[name].ToString());

    public SymbolTape Symbol()
    {
        if (!Has("symbol")) throw BinanceErrorException.Missing("symbol");
        return Find(_query["symbol"].ToString());
    }

    /// <summary>The symbols of <c>symbol</c> or <c>symbols</c>; null where neither is given.</summary>
    public IReadOnlyList<SymbolTape>? Symbols()
    {
        if (Has("symbol") && Has("symbols")) throw BinanceErrorException.BadCombination();
        if (Has("symbol")) return [Symbol()];
        if (!Has("symbols")) return null;
        try
        {
            return [.. (JsonSerializer.Deserialize<string[]>(_query["symbols"].ToString()) ?? []).Select(Find)];
        }
        catch (JsonException)
        {
            throw BinanceErrorException.Illegal("symbols", "^\\[(\"[A-Z0-9-_.]{1,20}\"(,\"[A-Z0-9-_.]{1,20}\"){0,}){0,1}\\]$");
        }
    }

    /// <summary>The number of rows; spot cuts what is too much to the maximum, USD-M refuses it.</summary>
    public int Limit(int byDefault, int maximum)
    {
        var limit = Long("limit") ?? byDefault;
        if (limit < 1 || usdm && limit > maximum) throw BinanceErrorException.NotValid("limit");
        return (int)Math.Min(limit, maximum);
    }

    public long? Long(string name)
    {
        if (!Has(name)) return null;
        return long.TryParse(_query[name].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw BinanceErrorException.Illegal(name, "^[0-9]{1,20}$");
    }

    /// <summary>A time in microseconds, given in milliseconds or microseconds.</summary>
    public long? TimeUs(string name) => Long(name) is { } time ? time >= LeastMicroseconds ? time : time * 1000 : null;

    public Interval Interval()
    {
        if (!Has("interval")) throw BinanceErrorException.Missing("interval");
        return Intervals.TryParse(_query["interval"].ToString(), out var interval) ? interval : throw BinanceErrorException.InvalidInterval();
    }

    private SymbolTape Find(string symbol)
    {
        if (symbol.Length > 20 || !symbol.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.'))
            throw BinanceErrorException.Illegal("symbol", "^[A-Z0-9-_.]{1,20}$");
        return tape.Find(symbol) ?? throw BinanceErrorException.InvalidSymbol();
    }
}
