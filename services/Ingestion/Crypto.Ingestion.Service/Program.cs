using Crypto.Ingestion;
using Crypto.ServiceDefaults;

// Exchange and pollers -> Kafka. The library keeps the exchange's limits, so no handler retries behind its back.
var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(retries: false).AddMarketKafka().AddMarketStore();
builder.Services.AddIngestion(builder.Configuration);

var app = builder.Build();
app.MapServiceDefaults();
await app.RunAsync();
