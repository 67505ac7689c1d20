using System.Buffers.Binary;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Protocol.Sending;
using Xunit;

namespace KioskFleet.Protocol.Tests.Sending;

/// <summary>A sender with facts, a clock and names for its messages.</summary>
internal sealed class SenderBench
{
    private ulong _name;

    public SenderBench(SenderOptions? options = null) => Sender = new JournalSender(options ?? new SenderOptions());

    public static JournalId Journal { get; } = JournalId.Parse("00112233445566778899aabbccddeeff");

    public JournalSender Sender { get; }

    public JournalFacts Facts { get; set; } = new(Journal, HeadAt(10), HeadAt(0), 1, false);

    public long NowMs { get; set; } = 1_000;

    public double Jitter { get; set; } = 1;

    public Digest InFlight { get; private set; }

    public static Head HeadAt(ulong seq) => seq == 0 ? Head.Genesis(Journal) : new Head(seq, Hash(seq));

    public static Digest Hash(ulong value)
    {
        Span<byte> bytes = stackalloc byte[Digest.Size];
        bytes.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return Digest.Read(bytes);
    }

    public SenderEffect Step(SenderInput input) => Sender.Step(input, new SenderMoment(NowMs, Jitter, Facts));

    public SenderEffect Tick() => Step(SenderInput.Tick.Instance);

    public void Sent()
    {
        InFlight = Hash(1_000_000 + ++_name);
        Assert.IsType<SenderEffect.Nothing>(Step(new SenderInput.Sent(InFlight)));
    }

    public SenderEffect Answer(
        ReceiptOutcome outcome, Head head, HeadHolding holding = HeadHolding.Held, Refusal refusal = Refusal.None,
        Digest? answers = null, uint paceMs = 0) =>
        Step(new SenderInput.ReceiptArrived(new Receipt(answers ?? InFlight, Journal, outcome, refusal, head, 0, paceMs,
            500, "", ""), holding));

    public SenderEffect Refuse(Refusal refusal) => Answer(ReceiptOutcome.Refused, default, refusal: refusal);

    /// <summary>Link up, hello sent.</summary>
    public SenderBench Greeted()
    {
        Assert.IsType<SenderEffect.SendHello>(Step(SenderInput.LinkUp.Instance));
        Sent();
        return this;
    }

    /// <summary>Hello answered with a head that is held, first batch sent.</summary>
    public SenderBench Sending(ulong head = 0)
    {
        Greeted();
        Answer(ReceiptOutcome.Heard, HeadAt(head));
        Facts = Facts with { Committed = HeadAt(head) };
        Assert.IsType<SenderEffect.SendBatch>(Tick());
        Sent();
        return this;
    }
}
