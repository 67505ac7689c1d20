using System.Security.Cryptography;
using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Signing;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Ledger;

namespace KioskFleet.Simulators.Bench;

/// <summary>
/// One cabinet's journal of <c>bench compliance</c>: makes its next signed batch whenever it is asked, in the order of
/// time. Deterministic by seed, but for the key. One caller at a time.
/// </summary>
internal sealed class BenchJournal(CabinetId cabinet, int number, int seed, long millisecondsPerSale) : IDisposable
{
    private readonly Random _random = new(seed * 1_000_003 + number);
    private readonly HashChain _chain = new();
    private readonly BatchWriter _writer = new();
    private readonly JournalId _journal = new((UInt128)(number + 1));
    private Head _head = Head.Genesis(new JournalId((UInt128)(number + 1)));
    private long _salesFen;

    /// <summary>The cabinet.</summary>
    public CabinetId Cabinet => cabinet;

    /// <summary>Its key.</summary>
    public MessageSigner Signer { get; } = new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Sales of the corrected SKU so far.</summary>
    public long OfCorrectedSku { get; private set; }

    /// <summary>The next batch, checked as ingest checks it.</summary>
    public VerifiedBatch Next(int sales, CabinetModel model)
    {
        var previous = _head;
        for (var i = 0; i < sales; i++)
        {
            var at = (long)_head.Seq * millisecondsPerSale;
            var time = new EntryTime(BenchSales.Boot, at, BenchSales.StartUtcMs + at);
            var entry = EntryCodec.Encode(_head.Seq + 1, time, Sale());
            if (!_writer.TryAdd(entry, Protocol.Limits.MaxBatchEntries, Protocol.Limits.MaxBatchBytes - 4_096))
            {
                throw new InvalidOperationException("The benchmark's batch is too large.");
            }

            _head = new Head(_head.Seq + 1, _chain.Next(_head.Hash, entry));
        }

        var message = _writer.Sign(new BatchHeader(cabinet, _journal, Signer.KeyId, null, previous, _head,
            [new ClockObservation(BenchSales.Boot, 0, BenchSales.StartUtcMs)]), Signer);
        return ReceivedBatch.TryParse(message.Payload, out var batch) && batch.ComputeHashes(_chain)
            ? new VerifiedBatch(batch, model, Signer.PublicKey, BenchSales.StartUtcMs)
            : throw new InvalidOperationException("The benchmark made a batch that cannot be read.");
    }

    /// <summary>What the cabinet says when everything it has is committed.</summary>
    public Hello Hello(long nowUtcMs) => new(cabinet, _journal, Signer.KeyId, BenchSales.Boot,
        nowUtcMs - BenchSales.StartUtcMs, nowUtcMs, _head, _head, 1, 0, 0,
        new RunningSums(_salesFen, 0, (long)_head.Seq), false, "", "bench");

    /// <inheritdoc/>
    public void Dispose() => Signer.Dispose();

    private SaleBody Sale()
    {
        var sku = _random.Next(BenchCatalogue.Skus.Count);
        var price = 100 + 50 * _random.Next(40);
        var id = $"{number:000000}{_head.Seq:0000000}";
        OfCorrectedSku += sku == BenchCatalogue.CorrectedSku ? 1 : 0;
        _salesFen += price;
        return new SaleBody(SaleSource.Vend, SaleMarks.None, $"v-{id}",
            new Payment(PaymentMethod.WeChat, $"DD2026{id}", $"42000021{id}"),
            [new SaleLine($"A{_random.Next(10)}", BenchCatalogue.Skus[sku], "定远糯米 500g", 1, price, price)]);
    }
}
