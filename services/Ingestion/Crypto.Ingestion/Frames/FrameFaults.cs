namespace Crypto.Ingestion.Frames;

/// <summary>The words for a <see cref="FrameFault"/>, as they stand in dead letters, logs and metrics.</summary>
public static class FrameFaults
{
    public static string Describe(FrameFault fault) => fault switch
    {
        FrameFault.None => "none",
        FrameFault.NotJson => "no JSON",
        FrameFault.MissingField => "a field is missing or has another type",
        FrameFault.BadSymbol => "the symbol is empty or malformed",
        FrameFault.BadId => "the trade id is negative",
        FrameFault.BadTime => "a time is out of range",
        FrameFault.BadPrice => "the price is zero, negative or no decimal",
        FrameFault.BadQuantity => "the quantity is zero, negative or no decimal",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "unknown fault"),
    };
}
