// The broker as a process of its own, for tests that kill it: FOLDER PORT [SETTING=VALUE]... Prints the port when it serves
// and stops when its input ends.
using Crypto.EmbeddedKafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

using var loggers = LoggerFactory.Create(logging => logging.AddConsole(o => o.LogToStandardErrorThreshold = LogLevel.Trace));
var options = new EmbeddedKafkaOptions
{
    DataFolder = args[0],
    Port = int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture),
};
new ConfigurationBuilder().AddCommandLine(args[2..]).Build().Bind(options);
try
{
    await using var broker = await EmbeddedKafkaBroker.StartAsync(options, loggers);
    Console.WriteLine($"ready {broker.Port}");
    while (await Console.In.ReadLineAsync() is not null)
    {
    }
    return 0;
}
catch (EmbeddedKafkaException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
