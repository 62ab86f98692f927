using System.Collections.Frozen;

namespace Crypto.Contracts;

/// <summary>The markets that the platform knows. An instrument is a venue and a symbol.</summary>
public static class Venues
{
    /// <summary>Binance spot.</summary>
    public const string Binance = "binance";

    /// <summary>Binance USD-M futures.</summary>
    public const string BinanceUsdm = "binance-usdm";

    public static readonly FrozenSet<string> All = FrozenSet.Create(Binance, BinanceUsdm);
}
