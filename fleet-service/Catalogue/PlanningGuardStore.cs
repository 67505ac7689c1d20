using KioskFleet.Service.Storage;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Catalogue;

/// <summary>Reads what an import may not change. Thread-safe.</summary>
internal sealed class PlanningGuardStore(FleetDatabase database, SoldTimeStore soldTimes)
{
    /// <summary>Opens a reading for one plan; dispose it when the plan is made.</summary>
    public Reading Open() => new(soldTimes, database.OpenReader());

    /// <summary>
    /// Answers for one plan, each question asked of the database once: a file has a thousand rows of one day. Not
    /// thread-safe.
    /// </summary>
    internal sealed class Reading : IDisposable
    {
        private readonly SoldTimeStore _soldTimes;
        private readonly SqliteConnection _connection;
        private readonly Dictionary<InForce, bool> _sold = [];
        private readonly Lazy<UnderWay> _underWay;

        /// <summary>Takes the connection over.</summary>
        public Reading(SoldTimeStore soldTimes, SqliteConnection connection)
        {
            (_soldTimes, _connection) = (soldTimes, connection);
            _underWay = new Lazy<UnderWay>(() => RecognitionStore.ReadUnderWay(connection));
            Guards = new PlanningGuards(HoldsSales, listing => _underWay.Value.Covers(listing));
        }

        /// <summary>The guards.</summary>
        public PlanningGuards Guards { get; }

        /// <inheritdoc/>
        public void Dispose() => _connection.Dispose();

        private bool HoldsSales(InForce span) =>
            _sold.TryGetValue(span, out var holds) ? holds : _sold[span] = _soldTimes.Holds(_connection, span);
    }
}
