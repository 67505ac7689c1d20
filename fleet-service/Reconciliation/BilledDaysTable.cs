using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Reconciliation;

/// <summary>
/// Notes the business days of which bills tell otherwise, for whoever keeps figures of them. Belongs to one
/// transaction.
/// </summary>
internal sealed class BilledDaysTable(FleetConnection connection) : IDisposable
{
    /// <summary>A day without an end, yyyymmdd.</summary>
    public const int Ever = 99_991_231;

    private readonly Statement _note = connection.Prepare("""
        INSERT INTO billed_days (first_day, last_day, change)
        VALUES (?1, ?2, (SELECT coalesce(max(change), 0) + 1 FROM billed_days))
        ON CONFLICT (first_day, last_day) DO UPDATE SET change = excluded.change
        """);

    private readonly Statement _bill = connection.Prepare("SELECT day FROM bills WHERE bill_id = ?1");

    private readonly Statement _provider = connection.Prepare("""
        INSERT INTO recorded_providers (operator_id, provider, first_day) VALUES (?1, ?2, ?3)
        ON CONFLICT (operator_id, provider) DO UPDATE SET first_day = excluded.first_day
          WHERE excluded.first_day < recorded_providers.first_day
        RETURNING first_day
        """);

    /// <summary>Notes days, both ends in, yyyymmdd.</summary>
    public void Note(int first, int last) => _note.Set(1, (long)first).Set(2, (long)last).Run();

    /// <summary>
    /// Notes what a bill says something of: its day, and every later one, for which its merchant numbers are expected.
    /// </summary>
    public void NoteBill(long billId)
    {
        _bill.Set(1, billId);
        var day = _bill.Next() ? (int)_bill.Long(0) : (int?)null;
        _bill.Reset();
        if (day is { } first)
        {
            Note(first, Ever);
        }
    }

    /// <summary>Notes that an operator was paid through a provider on a day.</summary>
    public void NoteProvider(string operatorId, string provider, int day)
    {
        _provider.Set(1, operatorId).Set(2, provider).Set(3, (long)day);
        var isNew = _provider.Next();
        _provider.Reset();
        if (isNew)
        {
            Note(day, Ever);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _note.Dispose();
        _bill.Dispose();
        _provider.Dispose();
    }
}
