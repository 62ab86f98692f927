using System.Globalization;
using Crypto.EmbeddedKafka.Log;

namespace Crypto.EmbeddedKafka.Topics;

/// <summary>A topic's setting: Kafka's name, Kafka's default, and what values make sense.</summary>
internal sealed record TopicSetting(string Name, SettingType Type, string Default, string Documentation, Func<string, bool> IsValid);

/// <summary>The protocol's numbers for a setting's type.</summary>
internal enum SettingType : sbyte
{
    Boolean = 1,
    String = 2,
    Int = 3,
    Long = 5,
    Double = 6,
    List = 7,
}

/// <summary>The settings of topics that this broker acts upon, and those of Kafka that it takes and has no use for.</summary>
internal static class TopicSettings
{
    internal const string CleanupPolicy = "cleanup.policy";
    internal const string RetentionMs = "retention.ms";
    internal const string RetentionBytes = "retention.bytes";
    internal const string SegmentBytes = "segment.bytes";
    internal const string SegmentMs = "segment.ms";
    internal const string MaxMessageBytes = "max.message.bytes";
    internal const string DeleteRetentionMs = "delete.retention.ms";
    internal const string MinCleanableRatio = "min.cleanable.dirty.ratio";
    internal const string TimestampType = "message.timestamp.type";

    internal static readonly IReadOnlyDictionary<string, TopicSetting> All = new TopicSetting[]
    {
        new(CleanupPolicy, SettingType.List, "delete", "delete, compact or both", IsPolicy),
        new(RetentionMs, SettingType.Long, "604800000", "age at which a segment is deleted; -1: never", IsLong(-1)),
        new(RetentionBytes, SettingType.Long, "-1", "size above which a partition's oldest segments are deleted", IsLong(-1)),
        new(SegmentBytes, SettingType.Int, "1073741824", "size at which a segment is ended", IsInt(14)),
        new(SegmentMs, SettingType.Long, "604800000", "age at which a segment is ended", IsLong(1)),
        new(MaxMessageBytes, SettingType.Int, "1048588", "the largest record batch", IsInt(1)),
        new(DeleteRetentionMs, SettingType.Long, "86400000", "how long a tombstone stays after compaction", IsLong(0)),
        new(TimestampType, SettingType.String, "CreateTime", "CreateTime or LogAppendTime", v => v is "CreateTime" or "LogAppendTime"),
        new("compression.type", SettingType.String, "producer", "batches are kept as they come", v => v == "producer"),
        new("min.insync.replicas", SettingType.Int, "1", "there is one replica", v => v == "1"),
        new(MinCleanableRatio, SettingType.Double, "0.5", "the share of new records at which a log is compacted", IsRatio),
        new("min.compaction.lag.ms", SettingType.Long, "0", "taken, not used", IsLong(0)),
        new("max.compaction.lag.ms", SettingType.Long, "9223372036854775807", "taken, not used", IsLong(1)),
        new("flush.messages", SettingType.Long, "9223372036854775807", "taken, not used: see the broker's Flush", IsLong(1)),
        new("flush.ms", SettingType.Long, "9223372036854775807", "taken, not used: see the broker's Flush", IsLong(0)),
        new("file.delete.delay.ms", SettingType.Long, "60000", "taken, not used", IsLong(0)),
        new("index.interval.bytes", SettingType.Int, "4096", "taken, not used", IsInt(0)),
        new("segment.index.bytes", SettingType.Int, "10485760", "taken, not used", IsInt(4)),
        new("segment.jitter.ms", SettingType.Long, "0", "taken, not used", IsLong(0)),
        new("preallocate", SettingType.Boolean, "false", "taken, not used", v => bool.TryParse(v, out _)),
        new("unclean.leader.election.enable", SettingType.Boolean, "false", "taken, not used", v => bool.TryParse(v, out _)),
    }.ToDictionary(s => s.Name);

    /// <summary>What is wrong with a setting, or null.</summary>
    internal static string? Check(string name, string? value)
    {
        if (!All.TryGetValue(name, out var setting))
            return $"there is no topic setting {name}";
        return value is not null && setting.IsValid(value)
            ? null
            : $"{name}={value ?? "null"} is not valid ({setting.Documentation})";
    }

    /// <summary>The settings that a partition's log goes by.</summary>
    internal static LogSettings ToLogSettings(IReadOnlyDictionary<string, string> own, bool flushAlways)
    {
        string Value(string name) => own.TryGetValue(name, out string? value) ? value : All[name].Default;
        long Number(string name) => long.Parse(Value(name), CultureInfo.InvariantCulture);
        var policies = Value(CleanupPolicy).Split(',', StringSplitOptions.TrimEntries);
        return new LogSettings
        {
            SegmentBytes = (int)Number(SegmentBytes),
            SegmentMs = Number(SegmentMs),
            MaxMessageBytes = (int)Number(MaxMessageBytes),
            RetentionMs = Number(RetentionMs),
            RetentionBytes = Number(RetentionBytes),
            MinCleanableRatio = double.Parse(Value(MinCleanableRatio), CultureInfo.InvariantCulture),
            DeleteRetentionMs = Number(DeleteRetentionMs),
            DeleteOld = policies.Contains("delete"),
            Compact = policies.Contains("compact"),
            LogAppendTime = Value(TimestampType) == "LogAppendTime",
            FlushAlways = flushAlways,
        };
    }

    private static bool IsPolicy(string value) =>
        value.Split(',', StringSplitOptions.TrimEntries).All(policy => policy is "delete" or "compact");

    private static bool IsRatio(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double ratio) && ratio is >= 0 and <= 1;

    private static Func<string, bool> IsLong(long min) =>
        value => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= min;

    private static Func<string, bool> IsInt(int min) =>
        value => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= min;
}
