using System.Buffers.Binary;
using Crypto.EmbeddedKafka.Apis;
using Crypto.EmbeddedKafka.Log;
using Crypto.EmbeddedKafka.Protocol;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Fuzz;

/// <summary>The decoder alone: whatever comes, it is understood or refused as malformed, at a cost that the bytes are worth.</summary>
public sealed class DecoderFuzzTests
{
    private const int BytesPerByte = 256;
    private const int BytesAtLeast = 64 << 10;

    private static readonly byte[] EpochAndMagic = [0xff, 0xff, 0xff, 0xff, 2];

    [Fact]
    public void A_mutated_request_is_decoded_or_refused_and_nothing_else()
    {
        var apis = ServedApis.Create(new BrokerParts(null!, null!, null!, null!, new EmbeddedKafkaOptions(), null!, null!, null!));
        var mutator = new RequestMutator(20240811);
        int decoded = 0, refused = 0;
        for (int i = 0; i < TestScale.Count(1_000_000); i++)
        {
            var request = mutator.Next();
            if (request.Length < 8 || apis.Find((ApiKey)BinaryPrimitives.ReadInt16BigEndian(request)) is not { } api)
                continue;
            // The body alone: a header is the same in every request.
            int version = api.Min + mutator.Random.Next(api.Max - api.Min + 1);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                api.Decode(request.AsMemory(8), (short)version);
                decoded++;
            }
            catch (MalformedRequestException)
            {
                refused++;
            }
            long cost = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(cost <= BytesAtLeast + ((long)request.Length * BytesPerByte), $"{api.Key} v{version}: {cost} bytes for {Convert.ToHexString(request)}");
        }

        Assert.True(decoded > 0 && refused > 0, $"{decoded} decoded, {refused} refused");
    }

    [Fact]
    public void A_mutated_batch_is_let_through_only_with_its_checksum()
    {
        var mutator = new Random(7);
        // A batch as it stands in the Java producer's request, from the base offset on.
        var request = RequestMutator.Seeds.First(s => BinaryPrimitives.ReadInt32BigEndian(s) == 0x0000_0009);
        int start = request.AsSpan().IndexOf(EpochAndMagic) - 12;
        var batch = request[start..^3];
        Assert.Equal(ErrorCode.None, BatchValidator.Check(batch.ToArray(), new LogSettings()).Error);
        for (int i = 0; i < TestScale.Count(1_000_000); i++)
        {
            var mutated = batch.ToArray();
            int at = mutator.Next(BatchHeader.Size, mutated.Length);
            byte change = (byte)mutator.Next(1, 256);
            mutated[at] ^= change;
            Assert.True(BatchValidator.Check(mutated, new LogSettings()).Error == ErrorCode.CorruptMessage, $"{change:x2} at {at}");
        }
    }
}
