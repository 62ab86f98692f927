namespace Crypto.Storage;

/// <summary>Opens when the schema is there, for what needs its tables and does not make them.</summary>
public sealed class SchemaGate
{
    private readonly TaskCompletionSource _migrated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _waiting = "the schema is not up to date yet";

    /// <summary>Completes when the schema is up to date.</summary>
    public Task Migrated => _migrated.Task;

    /// <summary>Why it is not up to date, or null.</summary>
    public string? Waiting => _waiting;

    /// <summary>Whoever migrates says that it is done.</summary>
    public void Open()
    {
        _waiting = null;
        _migrated.TrySetResult();
    }

    /// <summary>Whoever migrates says why it is not done yet.</summary>
    public void Waits(string reason) => _waiting = reason;
}
