using System.Text.Json;
using CsCheck;
using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Describing;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Protocol.Signing;
using Xunit;

namespace KioskFleet.Protocol.Tests.Messages;

public sealed class MutationTests
{
    private static readonly byte[][] Seeds = [.. Samples.Entries.Select(entry => entry.Bytes),
        .. Samples.Messages().Select(message => message.Payload)];

    /// <summary>
    /// Real bytes, cut, flipped in up to three places, or with something behind them; or just any bytes.
    /// </summary>
    private static readonly Gen<byte[]> Damaged =
        from seed in Gen.Int[0, Seeds.Length]
        from cut in Gen.Int[0, 3]
        from flips in Gen.Select(Gen.Int[0, 100_000], Gen.Byte).Array[0, 3]
        from tail in Gen.Byte.Array[0, 4]
        from any in Gen.Byte.Array[0, 200]
        from keep in Gen.Int[0, 100_000]
        select seed == Seeds.Length
            ? any
            : Damage(Seeds[seed], cut == 0 ? keep : int.MaxValue, flips, cut == 1 ? tail : []);

    private static byte[] Damage(byte[] seed, int keep, (int At, byte With)[] flips, byte[] tail)
    {
        byte[] bytes = keep == int.MaxValue ? [.. seed, .. tail] : [.. seed.Take(keep % (seed.Length + 1))];
        foreach (var (at, with) in flips.Where(_ => bytes.Length > 0))
        {
            bytes[at % bytes.Length] ^= with;
        }

        return bytes;
    }

    [Fact]
    public void No_input_makes_a_reader_throw_and_what_is_read_has_one_encoding() => Damaged.Sample(bytes =>
    {
        CheckEntry(bytes);
        if (Receipt.TryParse(bytes, out var receipt))
        {
            Assert.Equal(bytes, receipt.Encode());
        }

        using var signer = Samples.NewSigner();
        if (Hello.TryParse(bytes, out var hello))
        {
            Assert.Equal(bytes[..^64], hello.Sign(signer).Payload[..^64].ToArray());
        }

        if (ReceivedBatch.TryParse(bytes, out var batch))
        {
            CheckBatch(bytes, batch, signer);
        }

        CheckConfig(bytes);

        using var document = JsonDocument.Parse(GoldenFileTests.Json(writer => MessageJson.Write(bytes, writer)));
        Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
    }, iter: 20_000);

    [Fact]
    public void Every_cut_of_every_sample_is_handled()
    {
        foreach (var seed in Seeds)
        {
            for (var length = 0; length <= Math.Min(seed.Length, 3_000); length++)
            {
                CheckEntry(seed[..length]);
                Assert.False(length < seed.Length && Receipt.TryParse(seed.AsSpan(0, length), out _));
                Assert.False(length < seed.Length && ReceivedBatch.TryParse(seed.AsMemory(0, length), out _));
                Assert.False(length < seed.Length && Hello.TryParse(seed.AsSpan(0, length), out _));
                Assert.False(length < seed.Length && VersionedConfig.TryParse(seed.AsMemory(0, length), out _));
            }
        }
    }

    private static void CheckEntry(byte[] bytes)
    {
        EntryHeader.PeekSeq(bytes);
        if (!EntryHeader.TryRead(bytes, out var header, out var raw))
        {
            return;
        }

        Assert.Equal(bytes, EntryCodec.Encode(header, raw));
        EntryCodec.TryDecode(bytes, out _, out var body, out _);
        if (body is not null)
        {
            Assert.Equal(bytes, EntryCodec.Encode(header.Seq, header.Time, body, header.Marks, header.Origin));
        }

        GoldenFileTests.Json(writer => EntryJson.Write(bytes, writer));
    }

    /// <summary>Damage breaks the version; damage under a version of its own shows what the reader itself takes.
    /// </summary>
    private static void CheckConfig(byte[] bytes)
    {
        var content = 4 + 1 + CabinetConfig.VersionLength;
        if (bytes.Length > content && bytes.AsSpan().StartsWith(MessageMagic.Config))
        {
            var version = Digest.Of(bytes.AsSpan(content)).ToString()[..CabinetConfig.VersionLength];
            bytes = [.. MessageMagic.Config, CabinetConfig.VersionLength,
                .. System.Text.Encoding.ASCII.GetBytes(version), .. bytes[content..]];
        }

        if (VersionedConfig.TryParse(bytes, out var config))
        {
            Assert.Equal(bytes, config.Config.Encode().Payload.ToArray());
        }
    }

    private static void CheckBatch(byte[] bytes, ReceivedBatch batch, MessageSigner signer)
    {
        batch.ComputeHashes(new HashChain());
        var writer = new BatchWriter();
        for (var i = 0; i < batch.Count; i++)
        {
            Assert.True(writer.TryAdd(batch.Entry(i), Limits.MaxBatchEntries, int.MaxValue));
        }

        Assert.Equal(bytes[..^64], writer.Sign(batch.Header, signer).Payload[..^64].ToArray());
    }
}
