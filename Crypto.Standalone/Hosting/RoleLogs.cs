using Microsoft.Extensions.Logging;

namespace Crypto.Standalone.Hosting;

/// <summary>Hands each log category to the service that it belongs to by its name.</summary>
/// <param name="services">The last one takes what is no other's.</param>
internal sealed class RoleLogs(IReadOnlyList<RoleLogs.Service> services) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) =>
        services.First(service => service.Owns(categoryName)).Loggers.CreateLogger(categoryName);

    // The services' loggers live as long as their exporters, which are not ours.
    public void Dispose()
    {
    }

    /// <summary>A service and where its lines go.</summary>
    /// <param name="Category">Its categories begin with this name; empty for all.</param>
    /// <param name="Loggers">Sends them.</param>
    internal sealed record Service(string Category, ILoggerFactory Loggers)
    {
        public bool Owns(string category) =>
            Category.Length == 0 || category == Category || category.StartsWith(Category + ".", StringComparison.Ordinal);
    }
}
