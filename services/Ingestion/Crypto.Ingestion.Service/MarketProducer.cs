using Crypto.Kafka;
using Crypto.ServiceDefaults;

namespace Crypto.Ingestion.Service;

internal static class MarketProducer
{
    /// <summary>The producer of Aspire.Confluent.Kafka, with the settings that the platform's promises need.</summary>
    public static WebApplicationBuilder AddMarketProducer(this WebApplicationBuilder builder)
    {
        builder.AddMarketKafkaOptions();
        var options = builder.Configuration.GetSection(KafkaOptions.Section).Get<KafkaOptions>() ?? new KafkaOptions();
        builder.AddKafkaProducer<byte[], byte[]>(MarketClients.Broker, settings =>
        {
            foreach (var (name, value) in KafkaClients.ProducerConfig(options)) settings.Config.Set(name, value);
            // Its spans would be one per record and its health check writes records; ours do neither.
            settings.DisableTracing = true;
            settings.DisableHealthChecks = true;
        });
        return builder;
    }
}
