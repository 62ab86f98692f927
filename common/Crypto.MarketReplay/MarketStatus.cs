using System.Text.Json;
using Crypto.Contracts;
using Crypto.MarketReplay.Clocks;

namespace Crypto.MarketReplay;

/// <summary>What a recorded exchange is doing; <c>GET /replay/status</c> tells it to other processes.</summary>
/// <param name="Source">Venue, recording and clock.</param>
/// <param name="Loop">Whether it repeats.</param>
/// <param name="Speed">Recorded seconds per second; infinite at maximum speed.</param>
/// <param name="State">Waiting for the first subscription, running, or ended.</param>
/// <param name="MarketTimeUs">Market time, microseconds since the Unix epoch.</param>
/// <param name="FramesSent">Frames that the clock has passed since the process started.</param>
/// <param name="FramesTotal">Frames of the recording; of one turn where it repeats.</param>
/// <param name="Symbols">The symbols with trades.</param>
public sealed record MarketStatus(
    MarketSource Source, bool Loop, double Speed, ReplayState State, long MarketTimeUs, long FramesSent, long FramesTotal,
    IReadOnlyList<string> Symbols)
{
    /// <summary>Writes the JSON of <c>GET /replay/status</c>.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("market", Source.Market);
        json.WriteString("venue", Source.Venue);
        json.WriteString("recording", Source.Recording);
        json.WriteString("clock", Source.Clock.ToString().ToLowerInvariant());
        json.WriteBoolean("loop", Loop);
        if (double.IsPositiveInfinity(Speed)) json.WriteString("speed", "max");
        else json.WriteNumber("speed", Speed);
        json.WriteString("state", State.ToString().ToLowerInvariant());
        json.WriteNumber("marketTimeUs", MarketTimeUs);
        json.WriteNumber("framesSent", FramesSent);
        json.WriteNumber("framesTotal", FramesTotal);
        json.WriteStartArray("symbols");
        foreach (var symbol in Symbols) json.WriteStringValue(symbol);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
