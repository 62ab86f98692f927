using System.Net.Sockets;

namespace Crypto.MarketReplay.Sockets;

/// <summary>
/// Whether a client is still there. Kestrel takes bytes for a connection that was reset until the reading side hears of it;
/// at maximum speed that would be long enough to hand a whole recording to nobody.
/// </summary>
internal sealed class Peer(Socket? socket)
{
    public bool IsGone
    {
        get
        {
            try
            {
                return socket is { } open && (!open.Connected || open.Poll(0, SelectMode.SelectError));
            }
            catch (ObjectDisposedException)
            {
                return true;
            }
        }
    }
}
