using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crypto.Contracts;

namespace Crypto.MarketReplay.Scenarios;

/// <summary>A bad day of the exchange: faults at places of the recording. The same scenario does the same at every run.</summary>
public sealed record Scenario
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false), new DurationConverter() },
    };

    /// <summary>The faults, in any order.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = [];

    /// <summary>How long a connection lives, instead of 24 hours: compressed days.</summary>
    public TimeSpan? ConnectionLifetime { get; init; }

    /// <summary>A scenario from a file, or from a seed where the text is a number; see <c>docs/recordings.md</c>.</summary>
    /// <param name="fileOrSeed">Path of a JSON file, or a number.</param>
    /// <param name="frames">Length of the recording, for a seed.</param>
    /// <exception cref="FatalException">The file cannot be read or says something impossible.</exception>
    public static Scenario Load(string fileOrSeed, long frames) =>
        int.TryParse(fileOrSeed, NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            ? RandomScenario.Make(seed, frames)
            : FromFile(fileOrSeed);

    private static Scenario FromFile(string path)
    {
        try
        {
            var scenario = JsonSerializer.Deserialize<Scenario>(File.ReadAllBytes(path), Json);
            if (scenario is null) throw new FatalException($"The scenario {path} is empty.");
            for (var i = 0; i < scenario.Faults.Count; i++)
                if (scenario.Faults[i].Problem() is { } problem)
                    throw new FatalException($"The scenario {path} has an impossible fault {i + 1} ({scenario.Faults[i].Kind}): {problem}.");
            return scenario;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new FatalException($"The scenario {path} cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    /// <summary>The scenario as the JSON that <see cref="Load"/> reads.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);
}

/// <summary>Durations as people write them: <c>250ms</c>, <c>5s</c>, <c>2m</c>, <c>1h</c>.</summary>
internal sealed class DurationConverter : JsonConverter<TimeSpan>
{
    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        foreach (var (unit, seconds) in Units)
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
                return TimeSpan.FromSeconds(value * seconds);
        throw new JsonException($"'{text}' is no duration; write it like 250ms, 5s, 2m or 1h");
    }

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{value.TotalMilliseconds:0.###}ms"));
}
