namespace Crypto.Ingestion.Sequencing;

/// <summary>The causes of gaps as they stand in <c>crypto.coverage</c> and the ledger.</summary>
public static class GapReasons
{
    /// <summary>A frame came whose predecessors did not.</summary>
    public const string Skipped = "skipped";

    /// <summary>The connection was away.</summary>
    public const string Reconnect = "reconnect";

    /// <summary>This process was away.</summary>
    public const string Restart = "restart";

    /// <summary>REST has trades that the stream did not bring.</summary>
    public const string Silent = "silent stream";

    /// <summary>History fetched on the first start.</summary>
    public const string FirstStart = "first start";

    /// <summary>History that an operator asked for.</summary>
    public const string Backfill = "backfill";

    /// <summary>The broker took the records, the store never got them.</summary>
    public const string NotStored = "published but not stored";
}
