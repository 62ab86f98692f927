namespace Crypto.MarketReplay.Feeds;

/// <summary>A piece of made-up news.</summary>
internal sealed record NewsText(string Title, string Summary, string[] Creators, string[] Categories);

/// <summary>News written for the recorded exchange: about nobody and nothing real.</summary>
internal static class NewsTexts
{
    public static readonly NewsText[] Markets =
    [
        new("Bitcoin holds its range while volumes thin out", "Spot volumes fell for the third hour; order books stay even.", ["Market desk"], ["BTC", "Markets"]),
        new("Ether gains on bitcoin & the ratio turns up", "The pair found buyers after a quiet morning.", ["Market desk", "Chart desk"], ["ETH", "Markets"]),
        new("Funding rates return to neutral", "Perpetual contracts trade at their index again.", ["Derivatives desk"], ["Derivatives"]),
        new("Stablecoin supply unchanged over the week", "Mints and burns were even.", ["Data desk"], ["USDT", "Stablecoins"]),
        new("Solana's fees rise with the number of trades", "Priority fees doubled within an hour, then eased.", ["Chain desk"], ["SOL", "Fees"]),
        new("\"Too quiet to last\", traders say of volatility", "Implied volatility stands at its lowest of the month.", ["Derivatives desk", "Market desk"], ["BTC", "ETH", "Options"]),
    ];

    public static readonly NewsText[] Technology =
    [
        new("Node release speeds up the first synchronisation", "Block validation now uses all cores.", ["Chain desk"], ["Software"]),
        new("Wallet library drops floating point", "Amounts are integers from the wire to the screen.", ["Software desk"], ["Software", "Wallets"]),
        new("Testnet rehearses the next upgrade", "Two of three clients finished without a fork.", ["Chain desk", "Software desk"], ["ETH", "Upgrades"]),
        new("Exchange gateways agree on microseconds", "Time stamps of both sides can be compared at last.", ["Data desk"], ["Data"]),
        new("Why a candle with a missing trade is not a candle", "A long read about trade ids, gaps and proofs.", ["Data desk"], ["Data", "Markets"]),
    ];
}
