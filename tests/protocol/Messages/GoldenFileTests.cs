using System.Text.Json;
using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Describing;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Signing;
using KioskFleet.TestKit;
using Xunit;

namespace KioskFleet.Protocol.Tests.Messages;

/// <summary>
/// The bytes on the wire, pinned. KIOSKFLEET_WRITE_GOLDEN=1 writes files that are not there; a file that is there is
/// never written over: a changed layout needs a new version, not a new golden file.
/// </summary>
public sealed class GoldenFileTests
{
    public static TheoryData<string> EntryNames => [.. Samples.Entries.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(EntryNames))]
    public void The_bytes_of_each_entry_are_pinned(string name)
    {
        var bytes = Samples.Entries.Single(entry => entry.Name == name).Bytes;

        Assert.Equal(Pinned(name + ".hex", Convert.ToHexStringLower(bytes)), Convert.ToHexStringLower(bytes));
        var json = Json(writer => EntryJson.Write(bytes, writer));
        Assert.Equal(Pinned(name + ".json", json), json);
    }

    [Fact]
    public void Genesis_and_chain_are_pinned()
    {
        var heads = string.Join('\n', Samples.Heads().Select(head => $"{head.Seq} {head.Hash}"));

        Assert.Equal(Pinned("chain.txt", heads), heads);
    }

    [Fact]
    public void The_bytes_of_receipts_are_pinned()
    {
        foreach (var (name, receipt) in new[] { ("receipt", Samples.Receipt), ("refused", Samples.Refused) })
        {
            var bytes = receipt.Encode();
            Assert.Equal(Pinned(name + ".hex", Convert.ToHexStringLower(bytes)), Convert.ToHexStringLower(bytes));
            var json = Json(writer => MessageJson.Write(bytes, writer));
            Assert.Equal(Pinned(name + ".json", json), json);
        }
    }

    [Fact]
    public void The_bytes_of_a_presence_are_pinned()
    {
        var bytes = Samples.Presence.Encode();

        Assert.Equal(Pinned("presence.hex", Convert.ToHexStringLower(bytes)), Convert.ToHexStringLower(bytes));
        var json = Json(writer => MessageJson.Write(bytes, writer));
        Assert.Equal(Pinned("presence.json", json), json);
    }

    [Fact]
    public void The_bytes_of_a_config_are_pinned()
    {
        var bytes = Samples.Config.Encode().Payload.ToArray();

        Assert.Equal(Pinned("config.hex", Convert.ToHexStringLower(bytes)), Convert.ToHexStringLower(bytes));
        var json = Json(writer => MessageJson.Write(bytes, writer));
        Assert.Equal(Pinned("config.json", json), json);
    }

    [Fact]
    public void Hello_and_batch_are_pinned_and_their_stored_signatures_verify()
    {
        using var signer = Samples.NewSigner();
        if (!File.Exists(PathOf("key.hex")))
        {
            Pinned("key.hex", Convert.ToHexStringLower(signer.PublicKey));
            Pinned("hello.hex", Hex(Samples.Hello(signer.KeyId).Sign(signer)));
            Pinned("batch.hex", Hex(Samples.Batch(signer.KeyId, signer)));
        }

        Assert.True(MessageVerifier.TryImport(Convert.FromHexString(Pinned("key.hex", "")), out var verifier));
        using (verifier)
        {
            var hello = Convert.FromHexString(Pinned("hello.hex", ""));
            Assert.Equal(hello[..^64], Samples.Hello(verifier.KeyId).Sign(signer).Payload[..^64].ToArray());
            Assert.True(SignedMessage.Verify(hello, SignedMessage.HashOf(hello), verifier));
            Assert.True(Hello.TryParse(hello, out var read));
            Assert.Equal(Samples.Hello(verifier.KeyId), read);

            var batch = Convert.FromHexString(Pinned("batch.hex", ""));
            Assert.Equal(batch[..^64], Samples.Batch(verifier.KeyId, signer).Payload[..^64].ToArray());
            Assert.True(ReceivedBatch.TryParse(batch, out var received));
            Assert.True(received.IsSignedBy(verifier));
            Assert.True(received.ComputeHashes(new HashChain()));
            var json = Json(writer => MessageJson.Write(batch, writer));
            Assert.Equal(Pinned("batch.json", json), json);
        }
    }

    [Fact]
    public void A_journal_begins_at_the_documented_genesis() => Assert.Equal(
        Digest.Of([.. System.Text.Encoding.ASCII.GetBytes("kioskfleet/journal/v1"), 
            .. Convert.FromHexString("00112233445566778899aabbccddeeff")]),
        Head.Genesis(Samples.Journal).Hash);

    internal static string Json(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            write(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static string Hex(SignedMessage message) => Convert.ToHexStringLower(message.Payload.Span);

    private static string Pinned(string file, string present)
    {
        if (!File.Exists(PathOf(file)) && Environment.GetEnvironmentVariable("KIOSKFLEET_WRITE_GOLDEN") == "1")
        {
            File.WriteAllText(PathOf(file), present + "\n");
        }

        return File.ReadAllText(PathOf(file)).TrimEnd('\n');
    }

    private static string PathOf(string file) => SourceTree.At($"tests/protocol/golden/{file}");
}
