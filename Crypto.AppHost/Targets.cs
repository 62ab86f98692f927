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
                builder.AddKubernetesEnvironment("crypto");
                break;
        }
    }

    /// <summary>Something that runs once and ends, which a platform of services must be told.</summary>
    public static IResourceBuilder<ProjectResource> AsJob(this IResourceBuilder<ProjectResource> job, Plan plan)
    {
        if (job.ApplicationBuilder.ExecutionContext.IsPublishMode && plan.Target == Target.Azure) job.PublishAsAzureContainerAppJob();
        return job;
    }
}
