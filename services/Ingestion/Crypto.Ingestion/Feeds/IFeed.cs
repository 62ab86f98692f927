namespace Crypto.Ingestion.Feeds;

/// <summary>A slow source. The polling, retrying, publishing and reporting is done for it.</summary>
public interface IFeed
{
    FeedContract Contract { get; }

    /// <summary>Asks the source once.</summary>
    /// <returns>The events of the answer; null where the source says that nothing has changed.</returns>
    /// <exception cref="FeedUnavailableException">Not now.</exception>
    /// <exception cref="FeedRefusedException">Not like this.</exception>
    Task<IReadOnlyList<FeedEvent>?> PollAsync(CancellationToken cancellation);

    /// <summary>The events of the last answer are in Kafka: the next poll may ask for changes only.</summary>
    void Accept();
}
