using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using KioskFleet.Protocol;
using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Signing;

namespace KioskFleet.Benchmarks.Encodings;

/// <summary>What proof costs: the chain per sale, a signature per batch, and both over a batch of 50 sales.</summary>
public class ProofBenchmarks
{
    private readonly HashChain _chain = new();
    private readonly MessageSigner _signer = new(ECDsa.Create(ECCurve.NamedCurves.nistP256));
    private readonly byte[] _signature = new byte[MessageSigner.SignatureSize];
    private byte[] _entry = [];
    private byte[] _hash = [];
    private byte[] _payload = [];
    private MessageVerifier? _verifier;

    [GlobalSetup]
    public void Prepare()
    {
        _entry = EntryCodec.Encode(77, OneSale.Time, OneSale.Body);
        _hash = Digest.Of(_entry).ToArray();
        _signer.Sign(_hash, _signature);
        MessageVerifier.TryImport(_signer.PublicKey, out _verifier);
        var journal = new JournalId(7);
        var head = Head.Genesis(journal);
        var writer = new BatchWriter();
        for (ulong seq = 1; seq <= 50; seq++)
        {
            var entry = EntryCodec.Encode(seq, OneSale.Time, OneSale.Body);
            head = new Head(seq, _chain.Next(head.Hash, entry));
            writer.TryAdd(entry, Limits.MaxBatchEntries, Limits.MaxBatchBytes);
        }

        _payload = writer.Sign(new BatchHeader(CabinetId.Parse("C1"), journal, _signer.KeyId, null,
            Head.Genesis(journal), head, []), _signer).Payload.ToArray();
    }

    [Benchmark]
    public Digest ChainOneSale() => _chain.Next(default, _entry);

    [Benchmark]
    public void SignBatch() => _signer.Sign(_hash, _signature);

    [Benchmark]
    public bool VerifySignature() => _verifier!.Verify(_hash, _signature);

    [Benchmark(OperationsPerInvoke = 50)]
    public bool ReceivePerSaleInBatchOf50() => ReceivedBatch.TryParse(_payload, out var batch)
        && batch.IsSignedBy(_verifier!) && batch.ComputeHashes(_chain);

    [GlobalCleanup]
    public void Dispose()
    {
        _signer.Dispose();
        _verifier?.Dispose();
    }
}
