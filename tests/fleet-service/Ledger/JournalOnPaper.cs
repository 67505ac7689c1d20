using System.Security.Cryptography;
using System.Text;
using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Signing;

namespace KioskFleet.Service.Tests.Ledger;

/// <summary>A cabinet without an agent: its id and its key, which follows from the id.</summary>
internal sealed class CabinetOnPaper
{
    public CabinetOnPaper(string id)
    {
        Id = CabinetId.Parse(id);
        Signer = new MessageSigner(ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            D = SHA256.HashData(Encoding.UTF8.GetBytes("key of " + id)),
        }));
    }

    public CabinetId Id { get; }

    public MessageSigner Signer { get; }
}

/// <summary>
/// A journal without an agent: makes entries, their chain, signed batches and hellos, right or wrong as the test wants.
/// Entries are of a boot that heard the service, unless they bring their own time.
/// </summary>
internal sealed class JournalOnPaper(CabinetOnPaper cabinet, int number)
{
    /// <summary>2020-09-01 00:00 in Shanghai, the moment at which every boot here begins.</summary>
    public const long StartUtcMs = 1_598_889_600_000;

    public const long DayMs = 86_400_000;

    public static readonly BootId Boot = new(7);

    private readonly HashChain _chain = new();
    private readonly List<byte[]> _entries = [];
    private readonly List<Digest> _hashes = [];

    public CabinetOnPaper Cabinet => cabinet;

    public JournalId Id { get; } = new(((UInt128)0xAB << 64) + (UInt128)(uint)number);

    public ulong Count => (ulong)_entries.Count;

    public Head Tail => HeadAt(Count);

    public IReadOnlyList<ClockObservation> Clocks { get; set; } = [new(Boot, 0, StartUtcMs)];

    public static EntryTime At(long utcMs) => new(Boot, utcMs - StartUtcMs, utcMs);

    public static SaleBody SaleOf(string vendId, params (string Sku, long PaidFen)[] lines) => new(SaleSource.Vend,
        SaleMarks.None, vendId, new Payment(PaymentMethod.WeChat, $"order-{vendId}", $"tx-{vendId}"),
        [.. lines.Select((l, i) => new SaleLine($"A{i}", l.Sku, $"name of {l.Sku}", 1, l.PaidFen, l.PaidFen))]);

    /// <summary>A journal with the same beginning, as after an older disk image was restored.</summary>
    public JournalOnPaper Fork(ulong common)
    {
        var fork = new JournalOnPaper(cabinet, (int)(uint)(Id.Value & 0xFFFF_FFFF)) { Clocks = Clocks };
        foreach (var entry in _entries.Take((int)common))
        {
            fork.AddRaw(entry);
        }

        return fork;
    }

    public Head HeadAt(ulong seq) => seq == 0 ? Head.Genesis(Id) : new Head(seq, _hashes[(int)seq - 1]);

    public byte[] EntryAt(ulong seq) => _entries[(int)seq - 1];

    public ulong Add(
        EntryBody body, long? utcMs = null, EntryMarks marks = EntryMarks.None, EntryOrigin? origin = null) =>
        Add(body, At(utcMs ?? StartUtcMs + (long)Count * 1000), marks, origin);

    public ulong Add(EntryBody body, EntryTime time, EntryMarks marks = EntryMarks.None, EntryOrigin? origin = null) =>
        AddRaw(EntryCodec.Encode(Count + 1, time, body, origin is null ? marks : marks | EntryMarks.Carried, origin));

    public ulong AddRaw(byte[] entry)
    {
        _hashes.Add(_chain.Next(Tail.Hash, entry));
        _entries.Add(entry);
        return Count;
    }

    public ulong Sell(string vendId, params (string Sku, long PaidFen)[] lines) => Add(SaleOf(vendId, lines));

    public ulong SellAt(long utcMs, string vendId, params (string Sku, long PaidFen)[] lines) =>
        Add(SaleOf(vendId, lines), utcMs);

    public ulong Refund(
        string refundNumber, JournalId journal, ulong seq, long amountFen, byte line = 0, long? utcMs = null) =>
        Add(new RefundBody(refundNumber, journal, seq, line, amountFen, 0, "", ""), utcMs);

    /// <summary>Begins as the successor of another journal.</summary>
    public JournalOnPaper Succeed(
        JournalOnPaper predecessor, ulong lastCommon, SuccessionReason reason, uint carried = 0)
    {
        Add(new SuccessionBody(predecessor.Id, predecessor.HeadAt(lastCommon), reason, carried, 0, ""));
        return this;
    }

    /// <summary>Carries an entry of a predecessor over.</summary>
    public ulong Carry(JournalOnPaper from, ulong seq, EntryMarks marks = EntryMarks.None)
    {
        EntryHeader.TryRead(from.EntryAt(seq), out var header, out var body);
        return AddRaw(EntryCodec.Encode(new EntryHeader(header.Kind, marks | EntryMarks.Carried, header.BodyVersion,
            Count + 1, header.Time, header.Origin ?? new EntryOrigin(from.Id, seq)), body));
    }

    /// <summary>A signed batch of the entries from one number to another.</summary>
    public SignedMessage Message(ulong first = 1, ulong? last = null, Head? gapBase = null)
    {
        var writer = new BatchWriter();
        var to = last ?? Count;
        for (var seq = first; seq <= to; seq++)
        {
            writer.TryAdd(EntryAt(seq), int.MaxValue, int.MaxValue);
        }

        return writer.Sign(new BatchHeader(cabinet.Id, Id, cabinet.Signer.KeyId, gapBase, HeadAt(first - 1),
            HeadAt(to), Clocks), cabinet.Signer);
    }

    public Hello Hello(long monotonicMs = 0, Head? tail = null, bool closed = false) => new(cabinet.Id, Id,
        cabinet.Signer.KeyId, Boot, monotonicMs, StartUtcMs, tail ?? Tail, HeadAt(0), 1, Count, StartUtcMs,
        new RunningSums(1, 2, 3), closed, "", "paper 1");
}
