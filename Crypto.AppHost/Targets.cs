using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Kubernetes.Resources;

namespace Crypto.AppHost;

/// <summary>What <c>aspire publish</c> and <c>aspire deploy</c> make of the map; see docs/deployment.md.</summary>
internal static class Targets
{
    public static void AddTarget(this IDistributedApplicationBuilder builder, Plan plan)
    {
        if (!builder.ExecutionContext.IsPublishMode) return;
        switch (plan.Target)
        {
            case Target.Azure:
                builder.AddAzureContainerAppEnvironment("crypto");
                break;
            case Target.Compose:
                builder.AddDockerComposeEnvironment("crypto");
                break;
            case Target.Kubernetes:
                // Without it the data would go with the pod.
                builder.AddKubernetesEnvironment("crypto").WithProperties(cluster =>
                    (cluster.DefaultStorageType, cluster.DefaultStorageSize) = ("pvc", plan.StorageSize));
                break;
        }
    }

    /// <summary>
    /// What the services say of themselves: on <c>/health</c> whether their role works, on <c>/alive</c> whether a new process
    /// would do any good. The dashboard asks the first; a platform of containers asks both, and starts what has ended.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithHealth(this IResourceBuilder<ProjectResource> service, Plan plan)
    {
        service.WithHttpHealthCheck("/health").WithUrlForEndpoint("http", url => (url.Url, url.DisplayText) = ("/health", "Health"));
        if (!service.ApplicationBuilder.ExecutionContext.IsPublishMode) return service;
        service.WithHttpProbe(ProbeType.Readiness, "/health", periodSeconds: 10, timeoutSeconds: 5, endpointName: "http")
            .WithHttpProbe(ProbeType.Liveness, "/alive", initialDelaySeconds: 10, timeoutSeconds: 5, failureThreshold: 6, endpointName: "http");
        return plan.Target switch
        {
            Target.Kubernetes => service.PublishAsKubernetesService(SpellSchemes),
            Target.Compose => service.KeptRunning(plan).PublishAsDockerComposeService((_, container) =>
                container.Deploy = new() { Replicas = service.Resource.GetReplicaCount() }),
            _ => service,
        };
    }

    /// <summary>Has Compose start a container again that ended; the other platforms do it unasked.</summary>
    public static IResourceBuilder<T> KeptRunning<T>(this IResourceBuilder<T> resource, Plan plan)
        where T : IComputeResource =>
        resource.ApplicationBuilder.ExecutionContext.IsPublishMode && plan.Target == Target.Compose
            ? resource.PublishAsDockerComposeService((_, container) => container.Restart = "unless-stopped")
            : resource;

    /// <summary>Something that runs once and ends, which a platform of services must be told.</summary>
    public static IResourceBuilder<ProjectResource> AsJob(this IResourceBuilder<ProjectResource> job, Plan plan)
    {
        if (!job.ApplicationBuilder.ExecutionContext.IsPublishMode) return job;
        return plan.Target switch
        {
            Target.Azure => job.PublishAsAzureContainerAppJob(),
            // A deployment would start it for ever; storage migrates at its start anyway, under a lock.
            Target.Kubernetes => job.ExcludeFromManifest(),
            _ => job,
        };
    }

    /// <summary>
    /// Once deployed, clients come from elsewhere, and those need a key; on a developer's machine everybody is local.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithAccess(this IResourceBuilder<ProjectResource> query)
    {
        var builder = query.ApplicationBuilder;
        if (!builder.ExecutionContext.IsPublishMode) return query;
        var hash = builder.AddParameter("api-key-sha256", secret: true)
            .WithDescription("SHA-256, in hexadecimal, of the key that readers send as X-Api-Key");
        var host = builder.AddParameter("public-host", "*", publishValueAsDefault: true)
            .WithDescription("The host name that the API is reached by");
        return query.WithEnvironment("Query__Access__Hosts__0", host)
            .WithEnvironment("Query__Access__Keys__0__Name", "readers")
            .WithEnvironment("Query__Access__Keys__0__Sha256", hash)
            .WithEnvironment("Query__Access__Keys__0__Scopes__0", "read");
    }

    // Kubernetes knows HTTP and HTTPS, the publisher writes a URL's scheme.
    private static void SpellSchemes(KubernetesResource service)
    {
        foreach (var container in service.Workload?.PodTemplate.Spec.Containers ?? [])
            foreach (var probe in (ProbeV1?[])[container.ReadinessProbe, container.LivenessProbe])
                if (probe?.HttpGet is { } get) get.Scheme = get.Scheme.ToUpperInvariant();
    }
}
