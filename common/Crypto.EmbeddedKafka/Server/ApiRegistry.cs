using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Protocol.Messages;

namespace Crypto.EmbeddedKafka.Server;

/// <summary>
/// The APIs that are served. What clients are told (ApiVersions), what is let in and the table in docs/broker.md all come
/// from here.
/// </summary>
internal sealed class ApiRegistry
{
    private readonly SortedDictionary<ApiKey, ApiBinding> _apis = [];

    internal IReadOnlyCollection<ApiVersionRange> Versions =>
        [.. _apis.Values.Select(api => new ApiVersionRange(api.Key, api.Min, api.Max))];

    /// <summary>In which versions a client may ask for the versions.</summary>
    internal ApiVersionRange ApiVersions => new(ApiKey.ApiVersions, _apis[ApiKey.ApiVersions].Min, _apis[ApiKey.ApiVersions].Max);

    internal IEnumerable<ApiBinding> All => _apis.Values;

    internal ApiBinding? Find(ApiKey key) => _apis.GetValueOrDefault(key);

    /// <param name="key">The API.</param>
    /// <param name="min">The lowest version served.</param>
    /// <param name="max">The highest.</param>
    /// <param name="flexibleFrom">The first version with compact lengths and tagged fields.</param>
    /// <param name="handler">Answers it.</param>
    internal void Add<TRequest, TResponse>(
        ApiKey key, short min, short max, short flexibleFrom, ApiHandler<TRequest, TResponse> handler)
        where TRequest : IReadable<TRequest>
        where TResponse : class, IWritable =>
        _apis.Add(key, new ApiBinding<TRequest, TResponse>(key, min, max, flexibleFrom, handler));

    /// <summary>An API that answers without waiting.</summary>
    internal void Add<TRequest, TResponse>(
        ApiKey key, short min, short max, short flexibleFrom, Func<TRequest, RequestContext, TResponse> handler)
        where TRequest : IReadable<TRequest>
        where TResponse : class, IWritable =>
        Add<TRequest, TResponse>(
            key, min, max, flexibleFrom, (request, context) => ValueTask.FromResult<TResponse?>(handler(request, context)));
}
