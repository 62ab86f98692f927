using System.Globalization;
using Crypto.Query.Data;
using Crypto.Query.Rest;
using Google.Protobuf.WellKnownTypes;

namespace Crypto.Query.Grpc;

/// <summary>Fields that several requests have, checked alike; errors name the field.</summary>
internal static class GrpcParameters
{
    public static int Limit(int value, int fallback = 100, string field = "limit") => value switch
    {
        0 => fallback,
        >= 1 and <= Parameters.MaxLimit => value,
        _ => throw new BadRequestException(field, $"{field} is {value}: give a whole number from 1 to {Parameters.MaxLimit}"),
    };

    public static TimeRange Range(Timestamp? from, Timestamp? to)
    {
        var range = new TimeRange(ProtoConvert.ToMicroseconds(from, "from"), ProtoConvert.ToMicroseconds(to, "to"));
        return range.FromUs >= range.ToUs ? throw new BadRequestException("to", "to is not after from") : range;
    }

    /// <summary>The position in a page token of this API: an id or a time, or null for the first page.</summary>
    public static long? PagePosition(string token)
    {
        if (token.Length == 0) return null;
        if (token[0] == 'p' && long.TryParse(token.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var position)
            && position >= 0) return position;
        throw new BadRequestException("page_token", "page_token is none that this method gave");
    }

    /// <inheritdoc cref="PagePosition"/>
    public static RowPosition? RowPosition(string token)
    {
        if (token.Length == 0) return null;
        return Data.RowPosition.Parse(token) ?? throw new BadRequestException("page_token", "page_token is none that this method gave");
    }

    public static string PageToken(long position) => "p" + position.ToString("x", CultureInfo.InvariantCulture);
}
