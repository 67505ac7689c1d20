using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Signing;

namespace KioskFleet.Simulators.Bench;

/// <summary>Makes the sales that are measured: one line each, texts of usual length. Deterministic by seed.</summary>
internal sealed class BenchSales(int seed)
{
    /// <summary>The moment of the first sale: 2026-03-02T00:00:00Z, Unix milliseconds.</summary>
    public const long StartUtcMs = 1_772_409_600_000;

    private readonly Random _random = new(seed);

    /// <summary>The boot of all benchmark cabinets.</summary>
    public static BootId Boot { get; } = new(42);

    /// <summary>SKUs in use; the catalogue of the benchmark lists every second one.</summary>
    public static IReadOnlyList<string> Skus { get; } = [.. Enumerable.Range(0, 40).Select(i => $"6901234{i:000000}")];

    /// <summary>A body.</summary>
    public SaleBody Next(long number)
    {
        var sku = Skus[_random.Next(Skus.Count)];
        var price = 100 + 50 * _random.Next(40);
        return new SaleBody(SaleSource.Vend, SaleMarks.None, $"v-{number:0000000000}",
            new Payment(PaymentMethod.WeChat, $"DD2026{number:0000000000}", $"42000021{number:00000000000000000000}"),
            [new SaleLine($"A{_random.Next(10)}", sku, "定远糯米 500g", 1, price, price)]);
    }

    /// <summary>
    /// The signed batches of one cabinet's journal, at most 500 entries each, as its agent would send them.
    /// </summary>
    public List<SignedMessage> Batches(CabinetId cabinet, JournalId journal, MessageSigner signer, int sales)
    {
        var batches = new List<SignedMessage>();
        var chain = new HashChain();
        var writer = new BatchWriter();
        var head = Head.Genesis(journal);
        var previous = head;
        var clock = new ClockObservation(Boot, 0, StartUtcMs);
        for (var i = 0; i < sales; i++)
        {
            var time = new EntryTime(Boot, i * 1_000L, StartUtcMs + i * 1_000L);
            var entry = EntryCodec.Encode((ulong)i + 1, time, Next(i));
            if (!writer.TryAdd(entry, Protocol.Limits.MaxBatchEntries, Protocol.Limits.MaxBatchBytes - 4_096))
            {
                batches.Add(Sign());
                writer.TryAdd(entry, Protocol.Limits.MaxBatchEntries, Protocol.Limits.MaxBatchBytes);
            }

            head = new Head((ulong)i + 1, chain.Next(head.Hash, entry));
        }

        batches.Add(Sign());
        return batches;

        SignedMessage Sign()
        {
            var message = writer.Sign(
                new BatchHeader(cabinet, journal, signer.KeyId, null, previous, head, [clock]), signer);
            previous = head;
            return message;
        }
    }
}
