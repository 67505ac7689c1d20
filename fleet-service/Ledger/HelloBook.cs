using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Protocol.Receiving;

namespace KioskFleet.Service.Ledger;

/// <summary>A hello's answer.</summary>
/// <param name="Refusal">None when it was heard.</param>
/// <param name="Head">The journal's head in the ledger.</param>
internal readonly record struct HelloOutcome(Refusal Refusal, Head Head);

/// <summary>
/// Hears hellos inside the session's transaction: keeps the witness and what the cabinet says of itself.
/// </summary>
internal static class HelloBook
{
    /// <summary>Hears one hello of a proven cabinet.</summary>
    public static HelloOutcome Hear(LedgerSession session, Hello hello, long nowUtcMs)
    {
        var known = session.Journals.FindFor(hello.Journal, hello.Cabinet);
        var refusal = JournalReceiver.DecideHello(known?.Record, hello);
        if (refusal != Refusal.None)
        {
            return new HelloOutcome(refusal, known?.Record.Head ?? Head.Genesis(hello.Journal));
        }

        known ??= session.Journals.FindOrAdd(hello.Journal, hello.Cabinet);
        var witness = JournalReceiver.WitnessAfter(known.Record, hello);
        if (witness is { } newest && newest != known.Record.Witness)
        {
            session.Journals.SetWitness(hello.Journal, newest);
        }

        if (!hello.Closed)
        {
            session.Hellos.Keep(hello, nowUtcMs);
        }

        return new HelloOutcome(Refusal.None, known.Record.Head);
    }
}
