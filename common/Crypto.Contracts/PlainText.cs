using System.Globalization;

namespace Crypto.Contracts;

/// <summary>Numbers as people read them.</summary>
public static class PlainText
{
    /// <summary>All digits that count, and no zeros behind them: 0.074 for 0.0740000000.</summary>
    public static string Of(decimal value) => value.ToString("0.############################", CultureInfo.InvariantCulture);
}
