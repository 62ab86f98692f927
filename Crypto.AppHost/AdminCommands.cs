using System.Net.Http.Headers;

namespace Crypto.AppHost;

/// <summary>Buttons of the dashboard that call the services' <c>/admin</c> endpoints, which take nobody without the token.</summary>
internal static class AdminCommands
{
    private const string Setting = "Admin__Token";

    public static IResourceBuilder<ParameterResource> AddAdminToken(this IDistributedApplicationBuilder builder) =>
        builder.AddParameter("admin-token", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true)
            .WithDescription("Whoever has it may repair, backfill, reconcile and reset");

    public static IResourceBuilder<ProjectResource> WithAdminCommand(
        this IResourceBuilder<ProjectResource> service, IResourceBuilder<ParameterResource> token,
        string command, string title, string description, string icon, string? confirm = null) =>
        service.WithEnvironment(Setting, token).WithHttpCommand($"/admin/{command}", title, endpointName: "http", commandName: command,
            commandOptions: new HttpCommandOptions
            {
                Description = description,
                IconName = icon,
                ConfirmationMessage = confirm,
                ResultMode = HttpCommandResultMode.Auto,
                PrepareRequest = async request => request.Request.Headers.Authorization =
                    new AuthenticationHeaderValue("Bearer", await token.Resource.GetValueAsync(request.CancellationToken)),
            });
}
