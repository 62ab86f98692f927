using Crypto.Contracts;
using Crypto.Query.Data;
using Crypto.Query.Rest;
using Google.Protobuf.WellKnownTypes;
using Proto = Crypto.Market.V1;

namespace Crypto.Query.Grpc;

/// <summary>From context rows to protobuf messages.</summary>
internal static class ContextConvert
{
    public static Proto.Indicators ToProto(IndicatorRow row)
    {
        var proto = new Proto.Indicators { OpenTime = Time(row.OpenTime) };
        if (row.LogReturn is { } value) proto.LogReturn = value;
        if (row.Rsi14 is { } rsi) proto.Rsi14 = rsi;
        if (row.Macd is { } macd) proto.Macd = macd;
        if (row.MacdSignal is { } signal) proto.MacdSignal = signal;
        if (row.MacdHistogram is { } histogram) proto.MacdHistogram = histogram;
        if (row.BollingerMiddle is { } middle) proto.BollingerMiddle = middle;
        if (row.BollingerUpper is { } upper) proto.BollingerUpper = upper;
        if (row.BollingerLower is { } lower) proto.BollingerLower = lower;
        if (row.Atr14 is { } atr) proto.Atr14 = atr;
        if (row.RealisedVolatility is { } volatility) proto.RealisedVolatility = volatility;
        return proto;
    }

    public static Proto.MovingAverages ToProto(AverageRow row)
    {
        var proto = new Proto.MovingAverages
        {
            StartTime = Time(row.StartTime),
            EndTime = Time(row.EndTime),
            Average = ProtoConvert.ToText(row.Average),
        };
        if (row.Sma5 is { } sma5) proto.Sma5 = sma5;
        if (row.Sma15 is { } sma15) proto.Sma15 = sma15;
        if (row.Sma60 is { } sma60) proto.Sma60 = sma60;
        if (row.Ema5 is { } ema5) proto.Ema5 = ema5;
        if (row.Ema15 is { } ema15) proto.Ema15 = ema15;
        if (row.Ema60 is { } ema60) proto.Ema60 = ema60;
        return proto;
    }

    public static Proto.Forecast ToProto(ForecastRow row) => new()
    {
        OpenTime = Time(row.OpenTime),
        Method = row.Method,
        Volatility = row.Volatility,
        RangeLow = row.RangeLow,
        RangeHigh = row.RangeHigh,
        Score = row.Score is { } score ? ToProto(score) : null,
    };

    private static Proto.ForecastScore ToProto(ForecastScoreRow row) => new()
    {
        Samples = row.Samples,
        Loss = row.Loss,
        NaiveLoss = row.NaiveLoss,
        MeanAbsoluteError = row.MeanAbsoluteError,
        NaiveMeanAbsoluteError = row.NaiveMeanAbsoluteError,
        BandCoverage = row.BandCoverage,
    };

    public static Proto.Reconciliation ToProto(ReconciliationRow row) => new()
    {
        Interval = row.Interval,
        FromTime = Time(row.FromTime),
        ToTime = Time(row.ToTime),
        Compared = row.Compared,
        Equal = row.Equal,
        NotCovered = row.NotCovered,
        Score = row.Score,
        DifferencesJson = row.Differences,
        CheckedAt = Time(row.CheckedAt),
    };

    public static Proto.Alert ToProto(AlertRow row) => new()
    {
        Id = row.Id,
        Symbol = row.Symbol,
        Kind = row.Kind,
        Severity = row.Severity,
        Message = row.Message,
        EvidenceJson = row.Evidence,
        Time = Time(row.Time),
        RaisedAt = Time(row.RaisedAt),
    };

    public static Proto.Sentiment ToProto(SentimentRow row, long? nowUs = null)
    {
        var proto = new Proto.Sentiment
        {
            Index = row.Index,
            Value = row.Value,
            Classification = row.Classification,
            Time = Time(row.Time),
            Source = row.Source,
        };
        if (nowUs is { } now) proto.AgeSeconds = ContextEndpoints.Age(now, row.Time);
        return proto;
    }

    public static Proto.News ToProto(NewsRow row, long? nowUs = null)
    {
        var proto = new Proto.News
        {
            Id = row.Id,
            Source = row.Source,
            Title = row.Title,
            Link = row.Link ?? "",
            PublishedAt = Time(row.PublishedAt),
        };
        proto.Creators.AddRange(row.Creators);
        proto.Categories.AddRange(row.Categories);
        if (nowUs is { } now) proto.AgeSeconds = ContextEndpoints.Age(now, row.PublishedAt);
        return proto;
    }

    public static Proto.Feed ToProto(FeedRow row)
    {
        var proto = new Proto.Feed
        {
            Name = row.Feed,
            ExpectedEverySeconds = row.ExpectedEverySeconds,
            StaleAfterSeconds = row.StaleAfterSeconds,
            Stale = row.Stale,
            LastSuccessAt = row.LastSuccessAt is { } success ? Time(success) : null,
            LastEventAt = row.LastEventAt is { } newest ? Time(newest) : null,
            Failure = row.Failure ?? "",
        };
        if (row.AgeSeconds is { } age) proto.AgeSeconds = age;
        return proto;
    }

    private static Timestamp Time(DateTime time) => ProtoConvert.ToTimestamp(UnixTime.ToMicroseconds(time));
}
