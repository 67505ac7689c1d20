using System.Collections.Concurrent;
using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Protocol.Signing;
using KioskFleet.Protocol.Topics;
using KioskFleet.Service.Broker;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Ledger;

namespace KioskFleet.Service.Ingest;

/// <summary>
/// Checks what can be attributed: size, form, identity against topic, key, signature, chain. Everything that cannot is
/// refused with its reason. Thread-safe; each thread brings its own chain.
/// </summary>
internal sealed class MessageVerification(FleetRegister register, IngestOptions options)
{
    // Importing a key costs more than verifying with it; keys are few, and a key no longer registered is never looked
    // up.
    private readonly ConcurrentDictionary<(CabinetId Cabinet, KeyId Key), MessageVerifier> _verifiers = new();

    /// <summary>Checks one message of the journal lane.</summary>
    /// <param name="message">The message.</param>
    /// <param name="chain">The calling thread's chain.</param>
    /// <param name="nowUtcMs">Unix milliseconds UTC.</param>
    public IngestItem Check(in UpMessage message, HashChain chain, long nowUtcMs) => message.Topic.Lane == Lane.Hello
        ? CheckHello(message)
        : CheckBatch(message, chain, nowUtcMs);

    private IngestItem CheckHello(in UpMessage message)
    {
        var hash = SignedMessage.HashOf(message.Payload.Span);
        if (!Hello.TryParse(message.Payload.Span, out var hello))
        {
            return Refuse(message, hash, default, Refusal.Malformed, "not a hello of this version");
        }

        if (Identify(message.Topic, hello.Cabinet, hello.Key, out var verifier, out _, out _) is { } refusal)
        {
            return Refuse(message, hash, hello.Journal, refusal, $"cabinet {hello.Cabinet}, key {hello.Key}");
        }

        return VerifyLocked(verifier!, message.Payload, hash)
            ? new IngestItem.Greeting(message.Topic, hash, message.Payload.Length, hello)
            : Refuse(message, hash, hello.Journal, Refusal.BadSignature, $"key {hello.Key}");
    }

    private IngestItem CheckBatch(in UpMessage message, HashChain chain, long nowUtcMs)
    {
        var hash = SignedMessage.HashOf(message.Payload.Span);
        if (message.Payload.Length > options.MaxBatchBytes)
        {
            return Refuse(message, hash, default, Refusal.TooLarge,
                $"{message.Payload.Length} bytes; at most {options.MaxBatchBytes}");
        }

        if (!ReceivedBatch.TryParse(message.Payload, out var batch))
        {
            return Refuse(message, hash, default, Refusal.Malformed, "not a batch of this version");
        }

        var header = batch.Header;
        if (Identify(message.Topic, header.Cabinet, header.Key, out var verifier, out var cabinet, out var key)
            is { } no)
        {
            return Refuse(message, hash, header.Journal, no, $"cabinet {header.Cabinet}, key {header.Key}");
        }

        if (batch.Count > options.MaxBatchEntries)
        {
            return Refuse(message, hash, header.Journal, Refusal.TooLarge,
                $"{batch.Count} entries; at most {options.MaxBatchEntries}");
        }

        if (!VerifyLocked(verifier!, message.Payload, hash))
        {
            return Refuse(message, hash, header.Journal, Refusal.BadSignature, $"key {header.Key}");
        }

        return batch.ComputeHashes(chain)
            ? new IngestItem.Batch(message.Topic,
                new VerifiedBatch(batch, cabinet!, key!.SubjectPublicKeyInfo, nowUtcMs))
            : Refuse(message, hash, header.Journal, Refusal.BrokenChain,
                $"entries {batch.FirstSeq} to {header.Last.Seq} do not lead to the stated head");
    }

    private Refusal? Identify(
        CabinetTopic topic, CabinetId claimed, KeyId keyId, out MessageVerifier? verifier, out CabinetModel? cabinet,
        out CabinetKey? key)
    {
        verifier = null;
        key = null;
        cabinet = null;
        if (claimed != topic.Cabinet)
        {
            return Refusal.ForeignCabinet;
        }

        if (!register.Current.TryGet(claimed, out cabinet))
        {
            return Refusal.UnknownCabinet;
        }

        key = cabinet.KeyOf(keyId);
        verifier = key is null ? null : VerifierOf(claimed, key);
        return verifier is null ? Refusal.UnknownKey : null;
    }

    private MessageVerifier? VerifierOf(CabinetId cabinet, CabinetKey key)
    {
        if (_verifiers.TryGetValue((cabinet, key.Id), out var cached))
        {
            return cached;
        }

        return MessageVerifier.TryImport(key.SubjectPublicKeyInfo.Span, out var imported)
            ? _verifiers.GetOrAdd((cabinet, key.Id), imported)
            : null;
    }

    private static bool VerifyLocked(MessageVerifier verifier, ReadOnlyMemory<byte> payload, Digest hash)
    {
        // One cabinet has one message in flight, so this lock is hardly ever waited for.
        lock (verifier)
        {
            return SignedMessage.Verify(payload.Span, hash, verifier);
        }
    }

    private static IngestItem.Refused Refuse(
        in UpMessage message, Digest hash, JournalId journal, Refusal refusal, string detail) =>
        new(message.Topic, hash, message.Payload, journal, refusal, detail);
}
