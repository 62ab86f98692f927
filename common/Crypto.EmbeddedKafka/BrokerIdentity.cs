using System.Text;
using Crypto.EmbeddedKafka.Log;

namespace Crypto.EmbeddedKafka;

/// <summary>What clients are told about the broker.</summary>
internal sealed class BrokerIdentity(string clusterId, string host)
{
    internal string ClusterId { get; } = clusterId;

    internal string Host { get; } = host;

    /// <summary>Known once the broker listens.</summary>
    internal int Port { get; set; }

    /// <summary>A folder keeps its cluster id for ever.</summary>
    internal static string LoadClusterId(string folder)
    {
        string path = Path.Combine(folder, "cluster-id");
        if (!File.Exists(path))
            AtomicFile.Write(path, Encoding.ASCII.GetBytes(Convert.ToBase64String(Guid.NewGuid().ToByteArray()).TrimEnd('=').Replace('+', '-').Replace('/', '_')));
        return File.ReadAllText(path);
    }
}
