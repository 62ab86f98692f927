using System.Collections.Immutable;
using System.Globalization;
using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Protocol.Messages;
using Crypto.EmbeddedKafka.Server;
using Crypto.EmbeddedKafka.Topics;

namespace Crypto.EmbeddedKafka.Apis;

/// <summary>Settings of topics, and a look at the broker's.</summary>
internal sealed class ConfigApis(TopicCatalog topics, EmbeddedKafkaOptions options)
{
    private static readonly string NodeName = Broker.NodeId.ToString(CultureInfo.InvariantCulture);

    internal DescribeConfigsResponse Describe(DescribeConfigsRequest request, RequestContext context) =>
        new([.. request.Resources.Select(resource => Describe(resource, request))]);

    internal AlterConfigsResponse Alter(AlterConfigsRequest request, RequestContext context) =>
        new([.. request.Resources.Select(resource => Change(resource.Type, resource.Name, request.ValidateOnly,
            _ => resource.Configs.ToDictionary(c => c.Name, c => c.Value)))]);

    internal AlterConfigsResponse AlterIncrementally(IncrementalAlterConfigsRequest request, RequestContext context) =>
        new([.. request.Resources.Select(resource => Change(resource.Type, resource.Name, request.ValidateOnly,
            topic => Apply(topic.Settings, resource.Changes)))]);

    private DescribedResource Describe(DescribeConfigsResource wanted, DescribeConfigsRequest request)
    {
        bool Asked(string name) => wanted.Keys is null or { Count: 0 } || wanted.Keys.Contains(name);
        switch (wanted.Type)
        {
            case ResourceType.Topic when topics.Find(wanted.Name) is { } topic:
                return new(ErrorCode.None, null, wanted.Type, wanted.Name,
                    [.. TopicSettings.All.Values.Where(s => Asked(s.Name)).Select(s => Describe(s, topic, request))]);
            case ResourceType.Topic:
                return new(ErrorCode.UnknownTopicOrPartition, $"there is no topic {wanted.Name}", wanted.Type, wanted.Name, []);
            case ResourceType.Broker when wanted.Name.Length == 0 || wanted.Name == NodeName:
                return new(ErrorCode.None, null, wanted.Type, wanted.Name, [.. BrokerSettings().Where(s => Asked(s.Name))]);
            default:
                return new(ErrorCode.InvalidRequest, $"there are settings of topics and of broker {NodeName}", wanted.Type, wanted.Name, []);
        }
    }

    private static DescribedConfig Describe(TopicSetting setting, Topic topic, DescribeConfigsRequest request)
    {
        var byDefault = new ConfigSynonym(setting.Name, setting.Default, ConfigSource.Default);
        var own = topic.Settings.TryGetValue(setting.Name, out string? value)
            ? new ConfigSynonym(setting.Name, value, ConfigSource.Topic)
            : null;
        var effective = own ?? byDefault;
        IReadOnlyCollection<ConfigSynonym> synonyms = !request.IncludeSynonyms ? [] : own is null ? [byDefault] : [own, byDefault];
        return new(setting.Name, effective.Value, false, effective.Source, (sbyte)setting.Type,
            request.IncludeDocumentation ? setting.Documentation : null, synonyms);
    }

    private IEnumerable<DescribedConfig> BrokerSettings()
    {
        static DescribedConfig Setting(string name, string value, SettingType type) =>
            new(name, value, true, ConfigSource.StaticBroker, (sbyte)type, null, []);
        yield return Setting("broker.id", NodeName, SettingType.Int);
        yield return Setting("auto.create.topics.enable", options.AutoCreateTopics ? "true" : "false", SettingType.Boolean);
        yield return Setting("num.partitions", options.DefaultPartitions.ToString(CultureInfo.InvariantCulture), SettingType.Int);
        yield return Setting("default.replication.factor", "1", SettingType.Int);
        yield return Setting("log.dirs", Path.GetFullPath(options.DataFolder), SettingType.String);
        yield return Setting("socket.request.max.bytes", options.MaxRequestBytes.ToString(CultureInfo.InvariantCulture), SettingType.Int);
        yield return Setting("fetch.max.bytes", options.MaxFetchBytes.ToString(CultureInfo.InvariantCulture), SettingType.Int);
    }

    private AlteredResource Change(
        ResourceType type, string name, bool validateOnly, Func<Topic, Dictionary<string, string?>> settings)
    {
        AlteredResource Failed(ErrorCode error, string message) => new(error, message, type, name);
        if (type != ResourceType.Topic)
            return Failed(ErrorCode.InvalidRequest, "only topics have settings that can be changed");
        if (topics.Find(name) is not { } topic)
            return Failed(ErrorCode.UnknownTopicOrPartition, $"there is no topic {name}");
        var wanted = settings(topic);
        foreach (var (setting, value) in wanted)
        {
            if (TopicSettings.Check(setting, value) is { } problem)
                return Failed(ErrorCode.InvalidConfig, problem);
        }
        if (validateOnly)
            return new(ErrorCode.None, null, type, name);
        var error = topics.Configure(topic, wanted.ToImmutableDictionary(s => s.Key, s => s.Value!));
        return new(error.Code, error.Message, type, name);
    }

    private static Dictionary<string, string?> Apply(ImmutableDictionary<string, string> settings, List<ConfigChange> changes)
    {
        var changed = settings.ToDictionary(s => s.Key, string? (s) => s.Value);
        foreach (var change in changes)
        {
            string current = changed.GetValueOrDefault(change.Name) ?? TopicSettings.All.GetValueOrDefault(change.Name)?.Default ?? "";
            var values = current.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            var named = (change.Value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            switch (change.Operation)
            {
                case ConfigOperation.Delete:
                    changed.Remove(change.Name);
                    break;
                case ConfigOperation.Append:
                    changed[change.Name] = string.Join(',', values.Union(named));
                    break;
                case ConfigOperation.Subtract:
                    changed[change.Name] = string.Join(',', values.Except(named));
                    break;
                default:
                    changed[change.Name] = change.Value;
                    break;
            }
        }
        return changed;
    }
}
