using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Reconciliation;

/// <summary>
/// The recorded sales that a stretch of the ledger may touch, asked for at once: each question for one of them would be
/// a way to a server. Nobody else changes them until the transaction ends. Belongs to one transaction.
/// </summary>
internal sealed class RecordedLook(FleetConnection connection) : IDisposable
{
    private readonly Statement _which = connection.Prepare(
        "SELECT position FROM recorded_payments WHERE position = ANY (?1)");

    private readonly Statement _ofNumbers = connection.Prepare($"""
        SELECT {RecordedTable.Columns} FROM recorded_payments
        WHERE method = ?1 AND transaction_number = ANY (?2) AND transaction_number <> ''
        """);

    private readonly Dictionary<(PaymentMethod Method, string Number), List<StoredSale>> _byNumber = [];

    // Of the positions that were looked at those that are here; null when none was looked at.
    private HashSet<long>? _present;

    /// <summary>Looks which of these positions hold a sale.</summary>
    public void AtPositions(IReadOnlyCollection<long> positions)
    {
        _present = [];
        _which.Set(1, positions);
        while (_which.Next())
        {
            _present.Add(_which.Long(0));
        }
    }

    /// <summary>Looks which sales name these numbers.</summary>
    public void AtNumbers(PaymentMethod method, IReadOnlyCollection<string> numbers)
    {
        foreach (var number in numbers)
        {
            _byNumber[(method, number)] = [];
        }

        foreach (var sale in RecordedTable.All(_ofNumbers.Set(1, method.ToString()).Set(2, numbers)))
        {
            _byNumber[(method, sale.Sale.Payment.TransactionNumber)].Add(sale);
        }
    }

    /// <summary>True when it is known that there is no sale at a position.</summary>
    public bool IsAbsent(long position) => _present?.Contains(position) == false;

    /// <summary>The sales that name a number; null when it was not looked at.</summary>
    public List<StoredSale>? OfNumber(PaymentMethod method, string number) =>
        _byNumber.GetValueOrDefault((method, number));

    /// <summary>A sale was put.</summary>
    public void Put(long position) => _present?.Add(position);

    /// <summary>Forgets who names which number.</summary>
    public void ForgetNumbers() => _byNumber.Clear();

    /// <inheritdoc/>
    public void Dispose()
    {
        _which.Dispose();
        _ofNumbers.Dispose();
    }
}
