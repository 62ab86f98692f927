using Crypto.AppHost;
using Crypto.AppHost.Foundations;
using Projects;

// The map of the system. What a piece is made of lies in the files beside this one; settings are in appsettings.json.
var builder = DistributedApplication.CreateBuilder(args);
if (!Plan.TryRead(builder, out var plan, out var problem))
{
    Console.Error.WriteLine($"crypto: {problem}");
    return 1;
}

builder.AddTarget(plan);

// Kafka and PostgreSQL: containers, processes of this machine, or managed services once deployed.
IResourceBuilder<IResourceWithConnectionString> kafka, marketdata;
switch (plan.Foundation)
{
    case Foundation.Containers:
        kafka = builder.AddKafka("kafka")
            .WithDataVolume(plan.KafkaVolume)
            .KeptRunning(plan)
            .WithKafkaUI(ui => ui.WithUrlForEndpoint("http", url => url.DisplayText = "Topics"));
        marketdata = builder.AddPostgres("postgres")
            .WithDataVolume("crypto-postgres")
            .KeptRunning(plan)
            // Aspire makes the database here; where it is deployed, the server's first start does.
            .WithEnvironment("POSTGRES_DB", plan.Database)
            .WithPgWeb(web => web.WithUrlForEndpoint("http", url => url.DisplayText = "Tables"))
            .AddDatabase("marketdata", plan.Database);
        break;
    case Foundation.Processes:
        kafka = builder.AddEmbeddedKafka("kafka", plan);
        marketdata = builder.AddLocalPostgres("marketdata", plan);
        break;
    default:
        kafka = builder.AddManagedKafka("kafka");
        marketdata = builder.AddAzurePostgresFlexibleServer("postgres")
            .WithPasswordAuthentication()
            .AddDatabase("marketdata", plan.Database);
        break;
}

// The exchange: Binance, or a recording of it that speaks the same protocol.
var exchange = builder.AddExchange(plan);

// The schema, made once before anybody reads or writes.
var migrations = builder.AddProject<Crypto_Storage_Service>("migrations", launchProfileName: null)
    .WithArgs("migrate")
    .WithReference(marketdata).WaitFor(marketdata)
    .AsJob(plan);

// The four services. Each knows its store and its broker by connection string, and says on /health how it is.
var admin = builder.AddAdminToken();

var ingestion = builder.AddProject<Crypto_Ingestion_Service>("ingestion")
    .WithReference(kafka).WaitFor(kafka)
    .WithReference(marketdata).WaitForCompletion(migrations)
    .WithExchange(exchange, plan)
    .WithHealth(plan)
    .WithAdminCommand(admin, "repair", "Repair gaps", "Asks the exchange for every id that the ledger lacks.", "Wrench")
    .WithAdminCommand(admin, "backfill", "Backfill an hour", "Fetches the hour before the oldest stored trade.", "History");

var storage = builder.AddProject<Crypto_Storage_Service>("storage")
    .WithReference(kafka).WaitFor(kafka)
    .WithReference(marketdata).WaitForCompletion(migrations)
    .WithEnvironment("Storage__Consumer", plan.StorageConsumer)
    .WithReplicas(plan.Replicas)
    .WithHealth(plan)
    .WithAdminCommand(admin, "reset", "Reset", "Empties the store; the exchange is asked for what is missing then.", "Delete",
        confirm: $"Delete every trade and candle of {plan.Database}?");

var aggregation = builder.AddProject<Crypto_Aggregation_Service>("aggregation")
    .WithReference(kafka).WaitFor(kafka)
    .WithReference(marketdata).WaitForCompletion(migrations)
    .WithExchange(exchange, plan)
    .WithReplicas(plan.Replicas)
    .WithHealth(plan)
    .WithAdminCommand(admin, "reconcile", "Reconcile", "Compares the last hours of candles with the exchange's own.", "Checkmark");

var query = builder.AddProject<Crypto_Query_Service>("query")
    .WithReference(kafka).WaitFor(kafka)
    .WithReference(marketdata).WaitForCompletion(migrations)
    .WithHealth(plan)
    .WithExternalHttpEndpoints()
    .WithAccess()
    .WithUrlForEndpoint("http", url => (url.Url, url.DisplayText) = ("/", "Chart"))
    .WithUrlForEndpoint("http", _ => new() { Url = "/reference", DisplayText = "API reference" })
    .WithUrlForEndpoint("grpc", url => url.DisplayText = "gRPC");

// Prometheus takes the services' metrics as they are pushed; Grafana comes with our dashboards.
builder.AddDashboards(plan, ingestion, storage, aggregation, query);

await builder.Build().RunAsync();
return 0;
