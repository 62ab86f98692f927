using Crypto.Query;
using Crypto.Query.Data;
using Crypto.Query.Page;
using Crypto.Query.Service.Grpc;
using Crypto.ServiceDefaults;

// REST, event streams and the page on one port; gRPC on another, since without TLS a port speaks HTTP/1.1 or HTTP/2.
var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults().AddMarketKafka().AddMarketStore(QueryDatabase.ReadOnlyWherePossible);
builder.Services.AddQuery(builder.Configuration);
builder.Services.AddMarketDataGrpc();

var app = builder.Build();
app.MapServiceDefaults();
app.MapQuery();
app.MapPage();
app.MapMarketDataGrpcService();
await app.RunAsync();
