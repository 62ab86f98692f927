namespace Crypto.AppHost;

internal static class Dashboards
{
    /// <summary>Prometheus and Grafana as containers, with the rules and dashboards of <c>deploy/</c>.</summary>
    /// <remarks>
    /// The services push their metrics over OTLP, to the Aspire dashboard and to Prometheus alike; nothing is scraped, so
    /// replicas need no discovery.
    /// </remarks>
    public static void AddDashboards(
        this IDistributedApplicationBuilder builder, Plan plan, params IResourceBuilder<ProjectResource>[] services)
    {
        // In Azure, Azure Monitor does this; a Kubernetes cluster has its own, and mounts no folders of this machine; without
        // containers, there is still the Aspire dashboard.
        if (plan.Foundation != Foundation.Containers) return;
        if (builder.ExecutionContext.IsPublishMode && plan.Target == Target.Kubernetes) return;
        var deploy = Path.Combine(builder.AppHostDirectory, "..", "deploy");
        var prometheus = builder.AddContainer("prometheus", "prom/prometheus", "v3.5.0")
            .WithBindMount(Path.Combine(deploy, "prometheus"), "/etc/prometheus", isReadOnly: true)
            .WithVolume("crypto-prometheus", "/prometheus")
            .WithArgs("--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus", "--web.enable-otlp-receiver")
            .WithHttpEndpoint(targetPort: 9090)
            .WithHttpHealthCheck("/-/ready")
            .WithUrlForEndpoint("http", url => url.DisplayText = "Prometheus");
        builder.AddContainer("grafana", "grafana/grafana", "12.1.0")
            .WithBindMount(Path.Combine(deploy, "grafana", "provisioning"), "/etc/grafana/provisioning", isReadOnly: true)
            .WithBindMount(Path.Combine(deploy, "grafana", "dashboards"), "/var/lib/grafana/dashboards", isReadOnly: true)
            .WithEnvironment("PROMETHEUS_URL", prometheus.GetEndpoint("http"))
            // Reading needs no login on a developer's machine.
            .WithEnvironment("GF_AUTH_ANONYMOUS_ENABLED", "true")
            .WithEnvironment("GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH", "/var/lib/grafana/dashboards/overview.json")
            .WithHttpEndpoint(targetPort: 3000)
            .WithHttpHealthCheck("/api/health")
            .WithUrlForEndpoint("http", url => url.DisplayText = "Grafana")
            .WaitFor(prometheus);
        foreach (var service in services)
            service.WithEnvironment("Telemetry__PrometheusUrl", prometheus.GetEndpoint("http"));
    }
}
