using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Signing;

namespace KioskFleet.Simulators.Bench;

/// <summary>
/// One cabinet's journal as it goes on over several rounds: its next signed batches, whenever they are asked for.
/// Deterministic by seed, but for the key. One caller at a time.
/// </summary>
internal sealed class BenchOutbox(BenchCabinet cabinet, int seed)
{
    // A payment's number is of one sale: all cabinets' sales are counted through.
    private const long MostSales = 1_000_000;

    private readonly BenchSales _sales = new(seed);
    private readonly HashChain _chain = new();
    private readonly BatchWriter _writer = new();
    private Head _head = Head.Genesis(cabinet.Journal);

    /// <summary>The next sales in batches.</summary>
    /// <param name="sales">How many sales.</param>
    /// <param name="perBatch">How many of them in a batch; 1 to 500.</param>
    public List<SignedMessage> Next(int sales, int perBatch = LedgerAppendBench.SalesPerBatch)
    {
        var batches = new List<SignedMessage>();
        for (var left = sales; left > 0; left -= perBatch)
        {
            batches.Add(Batch(Math.Min(left, perBatch)));
        }

        return batches;
    }

    private SignedMessage Batch(int sales)
    {
        var previous = _head;
        for (var i = 0; i < sales; i++)
        {
            var at = (long)_head.Seq * 1_000;
            var entry = EntryCodec.Encode(_head.Seq + 1, new EntryTime(BenchSales.Boot, at, BenchSales.StartUtcMs + at),
                _sales.Next(checked((long)(UInt128)cabinet.Journal.Value * MostSales + (long)_head.Seq)));
            if (!_writer.TryAdd(entry, Protocol.Limits.MaxBatchEntries, Protocol.Limits.MaxBatchBytes - 4_096))
            {
                throw new InvalidOperationException("The benchmark's batch is too large.");
            }

            _head = new Head(_head.Seq + 1, _chain.Next(_head.Hash, entry));
        }

        return _writer.Sign(new BatchHeader(cabinet.Id, cabinet.Journal, cabinet.Signer.KeyId, null, previous, _head,
            [new ClockObservation(BenchSales.Boot, 0, BenchSales.StartUtcMs)]), cabinet.Signer);
    }
}
