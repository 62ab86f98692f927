using Crypto.Aggregation;
using Crypto.Aggregation.Service;
using Crypto.ServiceDefaults;

// Trades -> candles, on the transactional consumer: offsets and candles are committed together.
var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults().AddMarketKafka().AddMarketStore();
builder.Configuration["Aggregation:MemberId"] ??= builder.Configuration.MemberName("crypto-aggregation");
builder.Services.AddAggregation(builder.Configuration);
builder.AddAdminAction("reconcile", ReconcileNow.RunAsync);

var app = builder.Build();
app.MapServiceDefaults();
await app.RunAsync();
