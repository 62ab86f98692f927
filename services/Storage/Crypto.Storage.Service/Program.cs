using Crypto.ServiceDefaults;
using Crypto.Storage;
using Crypto.Storage.Service;

// Kafka -> PostgreSQL. `migrate` as the only argument makes or updates the schema and ends.
var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults().AddMarketStore();
if (args is ["migrate"]) return await MigrationStep.RunAsync(builder);

builder.AddMarketKafka().AddAdminAction("reset", StoreReset.RunAsync);
builder.Configuration["Storage:MemberId"] ??= builder.Configuration.MemberName("crypto-storage");
switch (builder.Configuration["Storage:Consumer"] ?? "masstransit")
{
    case "masstransit":
        builder.AddKafkaRider();
        break;
    case "direct":
        builder.Services.AddStorage(builder.Configuration);
        break;
    case var other:
        await Console.Error.WriteLineAsync($"crypto: Storage:Consumer is '{other}': choose masstransit or direct");
        return 1;
}

var app = builder.Build();
app.MapServiceDefaults();
await app.RunAsync();
return 0;
