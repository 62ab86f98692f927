namespace Crypto.Storage;

/// <summary>Opens when the schema is there, for what needs its tables and does not make them.</summary>
public sealed class SchemaGate
{
    private readonly TaskCompletionSource _migrated = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the schema is up to date.</summary>
    public Task Migrated => _migrated.Task;

    /// <summary>Whoever migrates says that it is done.</summary>
    public void Open() => _migrated.TrySetResult();
}
