using Crypto.Contracts;
using Crypto.Ingestion.Exchange;

namespace Crypto.Ingestion.Market;

/// <summary>Keeps an eye on a recorded market, which may end; a live one never does.</summary>
public sealed class MarketWatch(MarketStatusClient client, MarketState initial, TimeProvider clock)
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);
    private readonly MarketSource _source = initial.Source;
    private volatile MarketState _state = initial;
    private volatile string? _failure;

    public MarketState State => _state;

    /// <summary>Why the state cannot be asked at present.</summary>
    public string? Failure => _failure;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (_state.IsRecorded)
        {
            await Task.Delay(Every, clock, cancellation).ConfigureAwait(false);
            try
            {
                var state = await client.AskAsync(cancellation).ConfigureAwait(false);
                if (state.Source != _source)
                    throw new FatalException($"the market has become another one ({state.Source} instead of {_source}): start anew with an empty store");
                (_state, _failure) = (state, null);
            }
            catch (ExchangeUnavailableException e)
            {
                _failure = e.Message;
            }
        }
    }
}
