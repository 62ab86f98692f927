namespace Crypto.MarketReplay.Scenarios;

/// <summary>Messages that a client must survive. No id in them is one of the recording: they take nothing from the truth.</summary>
internal static class GarbageMessages
{
    private static readonly string[] Texts =
    [
        "",
        "null",
        "[]",
        "{",
        "\"",
        "<html><head><title>502 Bad Gateway</title></head></html>",
        "{\"stream\":\"btcusdt@trade\"}",
        "{\"stream\":\"btcusdt@trade\",\"data\":null}",
        "{\"stream\":\"btcusdt@trade\",\"data\":{\"e\":\"trade\"}}",
        "{\"stream\":\"btcusdt@trade\",\"data\":{\"e\":\"trade\",\"E\":1723161600000,\"s\":\"BTCUSDT\",\"p\":\"1\",\"q\":\"1\",\"T\":1723161600000,\"m\":true,\"M\":true}}",
        "{\"stream\":\"nonsense@trade\",\"data\":{\"e\":\"trade\",\"E\":1723161600000,\"s\":\"NONSENSE\",\"t\":1,\"p\":\"1\",\"q\":\"1\",\"T\":1723161600000,\"m\":true,\"M\":true}}",
        "{\"e\":\"trade\",\"E\":1723161600000,\"s\":\"btc usdt\",\"t\":1,\"p\":\"1\",\"q\":\"1\",\"T\":1723161600000,\"m\":true}",
        "{\"stream\":\"btcusdt@trade\",\"data\":{\"e\":\"trade\",\"E\":\"x\",\"s\":1,\"t\":\"t\",\"p\":null,\"q\":{},\"T\":[],\"m\":\"m\"}}",
        "{\"code\":3,\"msg\":\"Invalid JSON: expected value at line 1 column 1\"}",
        "{\"e\":\"somethingNew\",\"E\":1723161600000}",
        "{\"result\":null,\"id\":987654}",
        "\ud83d\ude80 to the moon",
    ];

    /// <summary>The message for a position: the same at every run.</summary>
    public static string At(long position) => Texts[position % Texts.Length];
}
