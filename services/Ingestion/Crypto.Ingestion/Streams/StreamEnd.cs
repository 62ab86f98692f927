namespace Crypto.Ingestion.Streams;

/// <summary>Why a connection ended.</summary>
public enum StreamEnd : byte
{
    /// <summary>The peer closed it, or the network broke.</summary>
    Lost,

    /// <summary>The server said that it is going away.</summary>
    ServerShutdown,

    /// <summary>It was open and brought nothing, although there was something to bring.</summary>
    Silent,

    /// <summary>Our own decision: Kafka has not taken its frames for too long; they are fetched when it does again.</summary>
    HeldBack,

    /// <summary>Our own decision: its successor runs, or the process ends.</summary>
    Replaced,
}
