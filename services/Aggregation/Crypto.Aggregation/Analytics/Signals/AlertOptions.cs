namespace Crypto.Aggregation.Analytics.Signals;

/// <summary>When to alert and whom to tell. Section <c>Aggregation:Alerts</c>.</summary>
public sealed class AlertOptions
{
    /// <summary>No second alert of one kind for one instrument within this span of market time; a critical one follows a lesser.</summary>
    public TimeSpan CoolDown { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>A symbol without a trade for this long is stale.</summary>
    public TimeSpan StaleAfter { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Candles older than this do not alert: a backfill is no news.</summary>
    public TimeSpan Fresh { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The part by which trade price and CoinGecko's price may differ.</summary>
    public double Divergence { get; set; } = 0.02;

    /// <summary>Where alerts are posted to.</summary>
    public List<WebhookOptions> Webhooks { get; set; } = [];
}

/// <summary>One webhook.</summary>
public sealed class WebhookOptions
{
    /// <summary><c>slack</c> (a JSON object with <c>text</c>, which others take too) or <c>pagerduty</c> (Events API v2).</summary>
    public string Kind { get; set; } = "slack";

    public string Url { get; set; } = "";

    /// <summary>PagerDuty's integration key.</summary>
    public string RoutingKey { get; set; } = "";

    /// <summary>Why the settings cannot work, or null.</summary>
    public string? Problem(int index)
    {
        var name = $"Aggregation:Alerts:Webhooks:{index}";
        if (Kind is not ("slack" or "pagerduty")) return $"{name}:Kind is '{Kind}': use slack or pagerduty";
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")) return $"{name}:Url is '{Url}': give an http(s) URL";
        if (Kind == "pagerduty" && RoutingKey.Length == 0) return $"{name}:RoutingKey is empty: give the integration key of the PagerDuty service";
        return null;
    }
}
