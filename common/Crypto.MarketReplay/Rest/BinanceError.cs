using Microsoft.AspNetCore.Http;

namespace Crypto.MarketReplay.Rest;

/// <summary>An answer with Binance's error body, e.g. <c>{"code":-1121,"msg":"Invalid symbol."}</c>.</summary>
internal sealed class BinanceErrorException(int status, int code, string message) : Exception(message)
{
    public int Status => status;

    public int Code => code;

    public static BinanceErrorException InvalidSymbol() => new(StatusCodes.Status400BadRequest, -1121, "Invalid symbol.");

    public static BinanceErrorException InvalidInterval() => new(StatusCodes.Status400BadRequest, -1120, "Invalid interval.");

    public static BinanceErrorException Missing(string parameter) =>
        new(StatusCodes.Status400BadRequest, -1102, $"Mandatory parameter '{parameter}' was not sent, was empty/null, or malformed.");

    public static BinanceErrorException Illegal(string parameter, string range) =>
        new(StatusCodes.Status400BadRequest, -1100, $"Illegal characters found in parameter '{parameter}'; legal range is '{range}'.");

    public static BinanceErrorException BadCombination() =>
        new(StatusCodes.Status400BadRequest, -1128, "Combination of optional parameters invalid.");

    public static BinanceErrorException NotValid(string parameter) =>
        new(StatusCodes.Status400BadRequest, -1130, $"Data sent for parameter '{parameter}' is not valid.");
}
