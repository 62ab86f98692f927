return await Crypto.Standalone.Commands.CommandLine.RunAsync(args, CancellationToken.None);
