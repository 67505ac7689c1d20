using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Catalogue;

namespace KioskFleet.Service.Ledger;

/// <summary>How an entry counts. The numbers are stored and never change.</summary>
internal enum EntryState : byte
{
    /// <summary>Counts by its kind.</summary>
    Counted = 0,

    /// <summary>Kept apart with a reason; counts nothing until it is released.</summary>
    Quarantined = 1,

    /// <summary>The same vend or refund is counted at another position: counts nothing.</summary>
    CountedBefore = 2,
}

/// <summary>Paid amounts and numbers of lines by class. Amounts in fen.</summary>
internal struct ClassAmounts
{
    /// <summary>Paid for aid products.</summary>
    public long AidFen;

    /// <summary>Paid for ordinary products.</summary>
    public long OrdinaryFen;

    /// <summary>Paid for SKUs without mapping.</summary>
    public long UnmappedFen;

    /// <summary>Lines of aid products.</summary>
    public int AidLines;

    /// <summary>Lines of ordinary products.</summary>
    public int OrdinaryLines;

    /// <summary>Lines of SKUs without mapping.</summary>
    public int UnmappedLines;

    /// <summary>Adds a line. Lines are at most 100 of at most ten million yuan, so the sums fit.</summary>
    public void Add(ProductClass lineClass, long paidFen)
    {
        switch (lineClass)
        {
            case ProductClass.Aid:
                AidFen += paidFen;
                AidLines++;
                break;
            case ProductClass.Ordinary:
                OrdinaryFen += paidFen;
                OrdinaryLines++;
                break;
            default:
                UnmappedFen += paidFen;
                UnmappedLines++;
                break;
        }
    }

    /// <summary>Moves a line from one class to another: what a correction changes by.</summary>
    public void Move(ProductClass from, ProductClass to, long paidFen)
    {
        Add(to, paidFen);
        switch (from)
        {
            case ProductClass.Aid:
                AidFen -= paidFen;
                AidLines--;
                break;
            case ProductClass.Ordinary:
                OrdinaryFen -= paidFen;
                OrdinaryLines--;
                break;
            default:
                UnmappedFen -= paidFen;
                UnmappedLines--;
                break;
        }
    }

    /// <summary>The paid amount of a class, in fen.</summary>
    public readonly long FenOf(ProductClass lineClass) => lineClass switch
    {
        ProductClass.Aid => AidFen,
        ProductClass.Ordinary => OrdinaryFen,
        _ => UnmappedFen,
    };

    /// <summary>The number of lines of a class.</summary>
    public readonly int LinesOf(ProductClass lineClass) => lineClass switch
    {
        ProductClass.Aid => AidLines,
        ProductClass.Ordinary => OrdinaryLines,
        _ => UnmappedLines,
    };
}

/// <summary>An entry as the ledger will hold it.</summary>
internal struct JudgedEntry
{
    /// <summary>What it is.</summary>
    public EntryKind Kind;

    /// <summary>How it counts.</summary>
    public EntryState State;

    /// <summary>Why it is quarantined, else None.</summary>
    public QuarantineReason Reason;

    /// <summary>Its corrected moment, Unix milliseconds UTC.</summary>
    public long UtcMs;

    /// <summary>Its business day, yyyymmdd.</summary>
    public int BusinessDay;

    /// <summary>The assignment of the cabinet at that moment.</summary>
    public long AssignmentId;

    /// <summary>True when its boot never heard the service and its wall clock was not believed.</summary>
    public bool ClockImplausible;

    /// <summary>A sale's amounts.</summary>
    public ClassAmounts Amounts;

    /// <summary>The class of every line of a sale; 0 when they differ, or when it is no sale.</summary>
    public byte LineClass;

    /// <summary>One class per line when they differ, else null.</summary>
    public byte[]? LineClasses;

    /// <summary>The header, as far as it could be read.</summary>
    public EntryHeader Header;

    /// <summary>The body of an entry that is not a sale.</summary>
    public EntryBody? Body;

    /// <summary>Keeps the entry apart.</summary>
    public void Quarantine(QuarantineReason reason)
    {
        State = EntryState.Quarantined;
        Reason = reason;
        Amounts = default;
        LineClass = 0;
        LineClasses = null;
        Body = null;
    }
}
