using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Sending;

namespace KioskFleet.Simulators.JournalSimulation;

/// <summary>A sender, the journal it sends, and what the checks and the built-in mistakes remember of it.</summary>
internal sealed class SenderLoop(JournalSender sender, JournalFile file)
{
    /// <summary>The product's state machine.</summary>
    public JournalSender Sender { get; } = sender;

    /// <summary>The journal; its successor once that was begun.</summary>
    public JournalFile File { get; set; } = file;

    /// <summary>Name of the newest message.</summary>
    public Digest LastSent { get; set; }

    /// <summary>True from a rewind to the next committed batch.</summary>
    public bool AfterRewind { get; set; }

    /// <summary>Ledger generation of the newest receipt.</summary>
    public int ReceiptGeneration { get; set; }

    /// <summary>Wakes in a row that were due at once and found nothing to do.</summary>
    public int SleeplessWakes { get; set; }

    /// <summary>Names the newest wake; older ones are void.</summary>
    public int WakeToken { get; set; }
}
