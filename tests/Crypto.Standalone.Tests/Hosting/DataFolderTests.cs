using Crypto.Standalone.Commands;
using Crypto.Standalone.Hosting;
using Crypto.Testing;

namespace Crypto.Standalone.Tests.Hosting;

public sealed class DataFolderTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    private string Folder => Path.Combine(_temporary.Path, "data");

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void A_folder_that_is_missing_is_made()
    {
        using var data = DataFolder.Open(Folder, ["kafka"]);

        Assert.True(Directory.Exists(Folder));
        Assert.Equal((Path.Combine(Folder, "kafka"), Path.Combine(Folder, "postgres")), (data.Kafka, data.Postgres));
    }

    [Fact]
    public void A_second_owner_of_a_part_is_told_who_is_in_the_way_and_what_to_do()
    {
        using var first = DataFolder.Open(Folder, ["kafka", "postgres"]);

        var refusal = Assert.Throws<UsageException>(() => DataFolder.Open(Folder, ["postgres"]));

        Assert.Equal($"another process runs postgres in {Folder}: stop it, or choose another folder with --data", refusal.Message);
    }

    [Fact]
    public void Processes_that_run_different_parts_share_a_folder()
    {
        using var broker = DataFolder.Open(Folder, ["kafka"]);
        using var database = DataFolder.Open(Folder, ["postgres"]);
        using var services = DataFolder.Open(Folder, []);

        Assert.Equal(broker.Path, services.Path);
    }

    [Fact]
    public void A_folder_that_was_let_go_can_be_taken_again()
    {
        DataFolder.Open(Folder, ["kafka"]).Dispose();

        using var second = DataFolder.Open(Folder, ["kafka"]);

        Assert.Equal(Folder, second.Path);
    }

    [Fact]
    public void A_refused_owner_lets_go_of_what_it_had_taken()
    {
        using var database = DataFolder.Open(Folder, ["postgres"]);
        Assert.Throws<UsageException>(() => DataFolder.Open(Folder, ["kafka", "postgres"]));

        using var broker = DataFolder.Open(Folder, ["kafka"]);

        Assert.Equal(Folder, broker.Path);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named_with_its_option()
    {
        var file = Path.Combine(_temporary.Path, "file");
        File.WriteAllText(file, "in the way");
        var folder = Path.Combine(file, "data");

        var refusal = Assert.Throws<UsageException>(() => DataFolder.Open(folder, ["kafka"]));

        Assert.StartsWith($"--data {folder}: ", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }
}
