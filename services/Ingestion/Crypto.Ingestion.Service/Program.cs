using Crypto.Ingestion;
using Crypto.Ingestion.Service;
using Crypto.ServiceDefaults;

// Exchange and pollers -> Kafka. The library keeps the exchange's limits, so no handler retries behind its back.
var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(retries: false).AddMarketProducer().AddMarketStore();
builder.Services.AddIngestion(builder.Configuration);
builder.AddAdminAction("repair", async (services, cancellation) =>
    Told(await services.GetRequiredService<IngestionService>().RepairAsync(cancellation)));
builder.AddAdminAction("backfill", async (services, cancellation) =>
    Told(await services.GetRequiredService<IngestionService>().BackfillAsync(TimeSpan.FromHours(1), cancellation)));

var app = builder.Build();
app.MapServiceDefaults();
await app.RunAsync();

static string Told(long? ids) => ids is { } count ? $"{count} trade ids are being fetched" : "ingestion is not running yet: try again";
